package ssh

import (
	"crypto/rand"

	charm "charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// The requests with which OpenSSH clients learn of further host keys
// (PROTOCOL section 2.5 of OpenSSH: UpdateHostKeys).
const (
	hostKeysType      = "hostkeys-00@openssh.com"
	hostKeysProveType = "hostkeys-prove-00@openssh.com"
)

// announce tells the client every host key, the next ones too, so that a
// rotation does not look like an attack.
func (k *hostKeys) announce(conn gossh.Conn) {
	var payload []byte
	for _, s := range k.all() {
		payload = append(payload, gossh.Marshal(struct{ Key []byte }{s.PublicKey().Marshal()})...)
	}
	_, _, _ = conn.SendRequest(hostKeysType, false, payload)
}

func (k *hostKeys) all() []gossh.Signer {
	return append(append([]gossh.Signer{}, k.signers...), k.next...)
}

// prove signs for the client that the announced keys are ours.
func (k *hostKeys) prove(ctx charm.Context, _ *charm.Server, req *gossh.Request) (bool, []byte) {
	conn, ok := ctx.Value(charm.ContextKeyConn).(gossh.Conn)
	if !ok {
		return false, nil
	}
	var proofs []byte
	rest := req.Payload
	for len(rest) > 0 {
		var want struct {
			Key  []byte
			Rest []byte `ssh:"rest"`
		}
		if gossh.Unmarshal(rest, &want) != nil {
			return false, nil
		}
		rest = want.Rest
		signer := k.find(want.Key)
		if signer == nil {
			return false, nil
		}
		sig, err := signHostKeyProof(signer, gossh.Marshal(struct {
			Type      string
			SessionID []byte
			Key       []byte
		}{hostKeysProveType, conn.SessionID(), want.Key}))
		if err != nil {
			return false, nil
		}
		proofs = append(proofs, gossh.Marshal(struct{ Sig []byte }{gossh.Marshal(sig)})...)
	}
	return true, proofs
}

func (k *hostKeys) find(blob []byte) gossh.Signer {
	for _, s := range k.all() {
		if string(s.PublicKey().Marshal()) == string(blob) {
			return s
		}
	}
	return nil
}

// signHostKeyProof signs with SHA-2 where the key is RSA.
func signHostKeyProof(s gossh.Signer, data []byte) (*gossh.Signature, error) {
	if a, ok := s.(gossh.AlgorithmSigner); ok && s.PublicKey().Type() == gossh.KeyAlgoRSA {
		return a.SignWithAlgorithm(rand.Reader, data, gossh.KeyAlgoRSASHA512)
	}
	return s.Sign(rand.Reader, data)
}
