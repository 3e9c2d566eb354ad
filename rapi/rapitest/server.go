package rapitest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a cluster on a real HTTPS port of 127.0.0.1.
type Server struct {
	cluster *Cluster
	addr    string
	cert    atomic.Pointer[tls.Certificate]

	running sync.RWMutex // held for reading by every handler

	mu   sync.Mutex
	http *http.Server
	done chan struct{}
}

// Serve starts to serve the cluster on a free port with a new self-signed certificate. The caller closes the server.
func Serve(c *Cluster) (*Server, error) {
	s := &Server{cluster: c, addr: "127.0.0.1:0"}
	if err := s.ChangeCertificate(); err != nil {
		return nil, err
	}
	if err := s.Resume(); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is the server's address, "https://127.0.0.1:PORT". It stays the same over Refuse and Resume.
func (s *Server) URL() string { return "https://" + s.addr }

// CA is the server's certificate in PEM; it is its own authority.
func (s *Server) CA() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cert.Load().Certificate[0]})
}

// Fingerprint is the SHA-256 of the certificate, 64 lower-case hexadecimal digits.
func (s *Server) Fingerprint() string {
	sum := sha256.Sum256(s.cert.Load().Certificate[0])
	return hex.EncodeToString(sum[:])
}

// ChangeCertificate makes a new certificate and key; connections that are open keep the old one.
func (s *Server) ChangeCertificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return fmt.Errorf("make a serial number: %w", err)
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: s.cluster.Name()},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost", s.cluster.Name()},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	s.cert.Store(&tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})
	return nil
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	s.running.RLock()
	defer s.running.RUnlock()
	s.cluster.ServeHTTP(w, r)
}

// Refuse closes the port and every connection; new ones are refused until Resume. It waits until the server and its handlers have ended.
func (s *Server) Refuse() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	<-s.done
	s.running.Lock() // waits for the handlers, whose connections are gone
	defer s.running.Unlock()
	s.http = nil
	return err
}

// Resume opens the port again.
func (s *Server) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.addr, err)
	}
	s.addr = listener.Addr().String()
	server := &http.Server{
		Handler: http.HandlerFunc(s.handle), ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.cert.Load(), nil },
		},
		// HTTP/1.1 only, as the real one.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	done := make(chan struct{})
	s.http, s.done = server, done
	go func() {
		defer close(done)
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("rapitest: serve: %v", err))
		}
	}()
	return nil
}

// Close ends the server and waits for it.
func (s *Server) Close() error { return s.Refuse() }
