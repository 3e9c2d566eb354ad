package rapitest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"

	"gwm/rapi/rapitest"
)

// A simulated cluster on a real HTTPS port, asked with nothing but the standard library.
func Example() {
	server, err := rapitest.Serve(rapitest.New(rapitest.DemoParis()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()

	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(server.CA())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL()+"/2/instances/matrix/tags", http.NoBody)
	if err != nil {
		fmt.Println(err)
		return
	}
	request.SetBasicAuth(rapitest.DemoUser, rapitest.DemoPassword)
	answer, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(body), err)
	// Output: 200 ["env:prod"] <nil>
}
