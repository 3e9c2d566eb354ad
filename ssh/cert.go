package ssh

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// authorities decide about user certificates. They are immutable.
type authorities struct {
	keys    map[string]bool // wire format of the public keys
	revoked revocations
}

// parseAuthorities reads the authorities' public keys, one a line as in
// authorized_keys, and the revocation list.
func parseAuthorities(lines, revoked []byte) (*authorities, error) {
	a := &authorities{keys: map[string]bool{}}
	keys, err := core.ParseKeys("the trusted user CA keys", string(lines))
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		a.keys[string(key.Blob)] = true
	}
	a.revoked, err = parseRevocations(revoked)
	return a, err
}

// check returns the identity that a user certificate proves to a connection
// from addr with the SSH login name. That the client holds the certificate's key
// is for the caller to know.
func (a *authorities) check(cert *gossh.Certificate, login string, addr netip.Addr, now time.Time) (identity, error) {
	switch {
	case cert.CertType != gossh.UserCert:
		return identity{}, errors.New("the certificate is not for a user")
	case !a.keys[string(cert.SignatureKey.Marshal())]:
		return identity{}, errors.New("the certificate is signed by an unknown authority")
	case cert.Signature.Format == gossh.KeyAlgoRSA:
		return identity{}, errors.New("the certificate is signed with SHA-1")
	}
	name, err := principal(cert, login)
	if err != nil {
		return identity{}, err
	}
	checker := gossh.CertChecker{
		SupportedCriticalOptions: []string{optionSourceAddress},
		IsRevoked:                a.revoked.match,
		Clock:                    func() time.Time { return now },
	}
	if err := checker.CheckCert(name, cert); err != nil {
		return identity{}, err
	}
	if list, ok := cert.CriticalOptions[optionSourceAddress]; ok && !addressListed(list, addr) {
		return identity{}, fmt.Errorf("the certificate is not for connections from %s", addr)
	}
	id := identity{
		user: name,
		key:  gossh.FingerprintSHA256(cert.Key),
		cert: core.Printable(cert.KeyId) + " serial " + strconv.FormatUint(cert.Serial, 10),
	}
	if cert.ValidBefore != gossh.CertTimeInfinity {
		id.until = time.Unix(int64(cert.ValidBefore), 0)
	}
	return id, nil
}

const optionSourceAddress = "source-address"

// principal chooses the gwm user: the one that the SSH login name names, else
// the only one. A certificate for nobody in particular is for nobody.
func principal(cert *gossh.Certificate, login string) (string, error) {
	switch {
	case slices.Contains(cert.ValidPrincipals, login):
		return login, nil
	case len(cert.ValidPrincipals) == 1:
		return cert.ValidPrincipals[0], nil
	case len(cert.ValidPrincipals) == 0:
		return "", errors.New("the certificate names no principal")
	}
	return "", errors.New("the certificate has several principals and the login name is none of them")
}

// addressListed reads source-address: addresses and CIDR prefixes with commas.
// What cannot be read matches nothing.
func addressListed(list string, addr netip.Addr) bool {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if p, err := netip.ParsePrefix(item); err == nil && p.Contains(addr) {
			return true
		}
		if ip, err := netip.ParseAddr(item); err == nil && ip.Unmap() == addr {
			return true
		}
	}
	return false
}

// revocations lists certificates that are no longer good.
type revocations struct {
	serials [][2]uint64 // from, to
	ids     map[string]bool
}

// parseRevocations reads "serial: N", "serial: N-M" and "id: TEXT" lines, as
// ssh-keygen -k does.
func parseRevocations(text []byte) (revocations, error) {
	r := revocations{ids: map[string]bool{}}
	for n, line := range textLines(text) {
		bad := func(why string) error {
			return core.Errorf(core.CodeInvalid, "line %d of the revocation list: %s", n, why).
				WithHint("write serial: NUMBER, serial: FROM-TO or id: KEY ID")
		}
		word, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch word {
		case "serial":
			from, to, isRange := strings.Cut(value, "-")
			if !isRange {
				to = from
			}
			first, err1 := strconv.ParseUint(strings.TrimSpace(from), 0, 64)
			last, err2 := strconv.ParseUint(strings.TrimSpace(to), 0, 64)
			if err1 != nil || err2 != nil || last < first {
				return r, bad(fmt.Sprintf("%q is not a serial number or a range", core.Printable(value)))
			}
			r.serials = append(r.serials, [2]uint64{first, last})
		case "id":
			if value == "" {
				return r, bad("the key id is missing")
			}
			r.ids[value] = true
		default:
			return r, bad(fmt.Sprintf("%q is not known", core.Printable(word)))
		}
	}
	return r, nil
}

func (r revocations) match(cert *gossh.Certificate) bool {
	if r.ids[cert.KeyId] {
		return true
	}
	return slices.ContainsFunc(r.serials, func(s [2]uint64) bool { return s[0] <= cert.Serial && cert.Serial <= s[1] })
}

// textLines yields the lines that are neither empty nor comments, with their
// numbers from 1.
func textLines(text []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		sc := bufio.NewScanner(bytes.NewReader(text))
		for n := 1; sc.Scan(); n++ {
			line := strings.TrimSpace(sc.Text())
			if line != "" && !strings.HasPrefix(line, "#") && !yield(n, line) {
				return
			}
		}
	}
}
