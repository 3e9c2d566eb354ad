package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"
)

// attacked is a site where ann operates berlin/web1 and others do other things.
func attacked(t *testing.T) *world {
	t.Helper()
	w := newSite(t)
	w.must(t, "admin", "user", "add", "ann", "--key", strings.TrimSpace(w.actors["ann"].authorizedKey()))
	w.must(t, "admin", "user", "add", "bob", "--key", strings.TrimSpace(w.actors["bob"].authorizedKey()))
	w.must(t, "admin", "group", "add", "ops", "--member", "bob")
	w.must(t, "admin", "grant", "set", "ann", "operator", "berlin/web1")
	w.must(t, "admin", "grant", "set", "group:ops", "operator", "paris/db1")
	return w
}

// leaves are the commands of the tree, found by their help.
func leaves(t *testing.T, w *world, path ...string) []string {
	t.Helper()
	help := w.must(t, "ann", append(path, "--help")...)
	_, list, ok := strings.Cut(help, "Available Commands:\n")
	if !ok {
		return []string{strings.Join(path, " ")}
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var out []string
	for line := range strings.Lines(list) {
		word := strings.Fields(line)[0]
		if len(path) == 0 && (word == "help" || word == "completion") {
			continue // cobra's own
		}
		out = append(out, leaves(t, w, append(path[:len(path):len(path)], word)...)...)
	}
	return out
}

// pair is a hidden name and one of the same shape that does not exist.
type pair struct{ hidden, unknown string }

func (p pair) in(words []string, name string) []string {
	out := slices.Clone(words)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "NAME", name)
	}
	return out
}

// try is a command line with NAME where a name stands.
type try struct {
	words string
	names []pair
}

// TestHiddenIsUnknownRegression gives ann's commands the names of what she may
// not see: the answers are those for names that nothing has. Every command of
// the tree needs a case here.
func TestHiddenIsUnknownRegression(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	secret := number(t, w.must(t, "admin", "vm", "stop", "paris/web2"))
	w.must(t, "admin", "job", "wait", secret)
	upstream := field(t, w.must(t, "admin", "job", "show", secret, "--output", "json"), "upstream")
	w.must(t, "admin", "cluster", "refresh")

	vms := []pair{
		{"berlin/web2", "berlin/webX"},
		{"web2", "webX"},
		{"paris/web1", "paris/webX"},
		{"paris/web1", "prague/web1"},
		{"web2.berlin.example.org", "webX.berlin.example.org"},
		{"berlin/vm/web2", "berlin/vm/webX"},
		{"WEB2", "WEBX"},
		{"web1.paris.example.org", "webX.paris.example.org"},
	}
	clusters := []pair{{"paris", "prague"}}
	nodes := []pair{
		{"node1", "nodeX"},
		{"berlin/node1", "berlin/nodeX"},
		{"paris/node2", "paris/nodeX"},
		{"node1.berlin.example.org", "nodeX.berlin.example.org"},
		{"berlin/node/node1.berlin.example.org", "berlin/node/nodeX.berlin.example.org"},
	}
	parts := []pair{{"paris/default", "prague/default"}, {"default", "defaulX"}}
	jobs := []pair{{secret, "987654"}, {"paris/job/" + upstream, "paris/job/987654"}, {"paris/job/" + upstream, "prague/job/" + upstream}}
	users := []pair{{"bob", "rob"}}
	groups := []pair{{"ops", "spo"}}
	objects := slices.Concat(vms, clusters)
	key := gossh.FingerprintSHA256(w.actors["bob"].signer.PublicKey())
	keys := []pair{{key, "SHA256:" + strings.Repeat("x", 43)}}

	seats := []pair{{w.sit(t, "paris/web1"), "aaaaaaaaaaaa"}}
	reels := []pair{{"20261122-101500-aaaaaaaaaaaa", "20261122-101500-bbbbbbbbbbbb"}}
	w.must(t, "admin", "template", "save", "paris/small", "--os", "noop", "--disk", "1G", "--disk-template", "sharedfile")
	token := field(t, w.must(t, "admin", "token", "add", "paris", "--output", "json"), "id")

	cases := map[string][]try{
		"node powercycle":     {{"NAME --yes", nodes}},
		"node edit":           {{"NAME --vm-capable --yes", nodes}},
		"node tag":            {{"NAME x --yes", nodes}},
		"node untag":          {{"NAME x --yes", nodes}},
		"node storage list":   {{"NAME", nodes}},
		"node storage set":    {{"NAME /dev/sdb --yes", nodes}},
		"node storage repair": {{"NAME xenvg --yes", nodes}},

		"vm show":      {{"NAME", vms}},
		"vm start":     {{"NAME", vms}, {"web1 NAME --yes", vms}},
		"vm console":   {{"NAME", vms}},
		"vm vnc":       {{"NAME", vms}, {"NAME --viewer", vms}},
		"vm stop":      {{"NAME", vms}, {"NAME --force --yes", vms}, {"NAME --wait", vms}},
		"vm restart":   {{"NAME", vms}},
		"vm edit":      {{"NAME --vcpus 2 --yes", vms}, {"NAME --hv kernel_path=/x --yes", vms}, {"NAME --add-nic link=br9 --yes", vms}, {"NAME --remove-disk 0 --yes", vms}},
		"vm migrate":   {{"NAME --yes", vms}, {"web1 --yes --to NAME", nodes[:1]}},
		"vm failover":  {{"NAME --yes", vms}, {"web1 --yes --to NAME", nodes[:1]}},
		"vm export":    {{"NAME --to node1 --yes", vms}, {"web1 --yes --to NAME", nodes[:1]}},
		"vm note":      {{"NAME", vms}, {"NAME --text x", vms}},
		"node note":    {{"NAME", nodes}, {"NAME --text x", nodes}},
		"cluster note": {{"NAME", clusters}, {"NAME --text x", clusters}},
		"vm delete":    {{"NAME --yes", vms}},

		"vm reinstall":        {{"NAME --yes", vms}},
		"vm grow":             {{"NAME 0 --by 1G --yes", vms}},
		"vm rename":           {{"NAME web9.berlin.example.org --yes", vms}},
		"vm tag":              {{"NAME env:prod", vms}},
		"vm untag":            {{"NAME env:prod", vms}},
		"vm disks activate":   {{"NAME --yes", vms}},
		"vm disks deactivate": {{"NAME --yes", vms}},
		"vm disks recreate":   {{"NAME --yes", vms}},
		"vm disks replace":    {{"NAME --yes", vms}, {"web1 --yes --mode new --to NAME", nodes[:1]}},

		"vm create":        {{"NAME/new1 --os noop --disk 1G --yes", clusters}, {"NAME/db1 --os noop --disk 1G --dry-run --yes", clusters}},
		"vm backups":       {{"NAME", clusters}, {"", nil}},
		"cluster offer":    {{"NAME", clusters}},
		"vm list":          {{"--cluster NAME", clusters}, {"NAME", []pair{{"web2", "webX"}, {"paris", "prague"}}}},
		"node list":        {{"--cluster NAME", clusters}, {"NAME", nodes[:1]}},
		"node show":        {{"NAME", nodes}},
		"problem list":     {{"", nil}},
		"problem clear":    {{"NAME", vms}, {"NAME", clusters}, {"NAME", nodes}, {"NAME", jobs}},
		"find":             {{"NAME", []pair{{"web2", "webX"}, {"paris", "prague"}, {"web2.berlin", "webX.berlin"}, {"node3", "nodeX"}}}},
		"map":              {{"NAME", clusters}},
		"trend":            {{"NAME", vms}, {"NAME", nodes}, {"NAME", clusters}},
		"node migrate":     {{"NAME --yes", nodes}},
		"node evacuate":    {{"NAME --yes", nodes}},
		"node role":        {{"NAME drained --yes", nodes}},
		"cluster list":     {{"", nil}},
		"cluster show":     {{"NAME", clusters}},
		"cluster add":      {{"NAME --url https://127.0.0.1:1 --insecure --no-check --yes", clusters}},
		"cluster edit":     {{"NAME --description x", clusters}},
		"cluster remove":   {{"NAME --yes", clusters}},
		"cluster refresh":  {{"NAME", clusters}},
		"job list":         {{"--cluster NAME", clusters}, {"NAME", []pair{{"web2", "webX"}}}},
		"job show":         {{"NAME", jobs}},
		"job log":          {{"NAME", jobs}, {"NAME --follow", jobs}},
		"job wait":         {{"NAME", jobs}},
		"job cancel":       {{"NAME --yes", jobs}},
		"user list":        {{"", nil}},
		"user show":        {{"NAME", users}},
		"user add":         {{"NAME", users}},
		"user edit":        {{"NAME --comment x", users}, {"NAME --admin", users}},
		"user enable":      {{"NAME", users}},
		"user disable":     {{"NAME", users}},
		"user delete":      {{"NAME --yes", users}},
		"group list":       {{"", nil}},
		"group show":       {{"NAME", groups}},
		"group add":        {{"NAME", groups}, {"new --member NAME", users}},
		"group edit":       {{"NAME --comment x", groups}},
		"group delete":     {{"NAME --yes", groups}},
		"group member add": {{"NAME ann", groups}, {"ops NAME", users}},
		"group member remove": {
			{"NAME bob", groups},
			{"spo NAME", users},
		},
		"grant list":   {{"--to NAME", users}, {"--to group:NAME", groups}, {"--on NAME", objects}},
		"grant set":    {{"NAME power berlin/web1", users}, {"group:NAME power berlin/web1", groups}, {"ann power NAME", objects}},
		"grant remove": {{"NAME berlin/web1", users}, {"group:NAME paris/db1", groups}, {"ann NAME", objects}},
		"grant roles":  {{"", nil}},
		"key list":     {{"NAME", users}},
		"key add":      {{"NAME --key KEY", users}},
		"key remove":   {{"NAME", keys}, {"NAME --user bob", keys}, {key + " --user NAME", users}},
		"lock list":    {{"", nil}},
		"lock set":     {{"NAME --reason x", objects}},
		"lock clear":   {{"NAME", objects}},
		"audit list":   {{"--on NAME", objects}, {"--by NAME", users}},
		"audit export": {{"--on NAME", objects}, {"--by NAME", users}},
		"audit verify": {{"", nil}},
		"session list": {{"", nil}},
		"can":          {{"power NAME", objects}, {"see NAME", objects}, {"power berlin/web1 --user NAME", users}},
		"backup":       {{"-", nil}},
		"import-gwm":   {{"-", nil}},
		"whoami":       {{"", nil}},
		"version":      {{"", nil}},
		"form": {
			{"user edit NAME", users},
			{"group edit NAME", groups},
			{"member add NAME", groups},
			{"key add NAME", users},
			{"quota NAME berlin", users},
			{"quota ann NAME", clusters},
			{"owner set NAME", vms[:3]},
			{"lock NAME", objects},
			{"template edit NAME/small", clusters},
			{"template copy NAME/small", clusters},
			{"template of NAME", vms[:3]},
		},
		"applicant list":    {{"", nil}},
		"applicant approve": {{"NAME", users}},
		"applicant reject":  {{"NAME", users}},
		"user invite":       {{"NAME", users}},
		"user uninvite":     {{"NAME", users}},
		"quota list":        {{"NAME", clusters}},
		"quota set":         {{"NAME berlin --vms 1", users}, {"group:NAME berlin --vms 1", groups}, {"ann NAME --vms 1", clusters}},
		"quota remove":      {{"NAME berlin", users}, {"group:NAME berlin", groups}, {"ann NAME", clusters}},
		"quota show":        {{"NAME", users}, {"group:NAME", groups}},
		"quota usage":       {{"NAME", clusters}},
		"template list":     {{"NAME", clusters}},
		"template show":     {{"NAME/small", clusters}},
		"template save":     {{"NAME/small --os noop --disk 1G --disk-template plain", clusters}},
		"template from-vm":  {{"NAME", vms[:3]}},
		"template copy":     {{"NAME/small berlin", clusters}},
		"template remove":   {{"NAME/small --yes", clusters}},
		"owner list":        {{"", nil}},
		"owner set":         {{"NAME ann", vms}, {"berlin/web1 NAME", users}, {"berlin/web1 group:NAME", groups}},
		"owner clear":       {{"NAME --yes", vms}},
		"owner forget":      {{"NAME --yes", slices.Concat(vms[:1], vms[2:4])}},
		"owner import":      {{"NAME --yes", vms}},
		"owner sync":        {{"NAME", vms}},
		"token list":        {{"NAME", objects}},
		"token add":         {{"NAME", objects}},
		"token remove":      {{"NAME", []pair{{token, "aaaaaaaaaaaa"}}}},
		"key feed":          {{"NAME", objects}},
		"totp begin":        {{"", nil}},
		"totp confirm":      {{"", nil}},
		"totp remove":       {{"", nil}},
		"totp reset":        {{"NAME --yes", users}},
		"rights on":         {{"NAME", objects}},
		"console list":      {{"NAME", vms}, {"", nil}},
		"console end":       {{"NAME --yes", seats}},
		"console escape":    {{"", nil}},
		"console key":       {{"NAME", clusters}},
		"console rotate":    {{"NAME --yes", clusters}},
		"console hosts":     {{"NAME", clusters}},
		"console trust":     {{"NAME node1 SHA256:x --yes", clusters}},
		"console forget":    {{"NAME node1 --yes", clusters}},
		"recording list":    {{"NAME", objects}},
		"recording show":    {{"NAME", reels}},
		"recording export":  {{"NAME", reels}},
		"recording remove":  {{"NAME --yes", reels}},
		"rights of":         {{"NAME", users}, {"group:NAME", groups}},

		"cluster filter list":   {{"NAME", clusters}},
		"cluster filter add":    {{"NAME --action PAUSE --kind X --yes", clusters}},
		"cluster filter edit":   {{"NAME 3f0e --action PAUSE --yes", clusters}},
		"cluster filter remove": {{"NAME 3f0e --yes", clusters}},
		"cluster drain":         {{"NAME --yes", clusters}},
		"cluster undrain":       {{"NAME --yes", clusters}},

		"cluster redistribute": {{"NAME --yes", clusters}},
		"cluster tag":          {{"NAME x --yes", clusters}},
		"cluster untag":        {{"NAME x --yes", clusters}},
		"cluster params":       {{"NAME", clusters}, {"berlin --group NAME", []pair{{"default", "defaulX"}}}},
		"cluster set":          {{"NAME be/maxmem=512 --yes", clusters}},
		"nodegroup list":       {{"--cluster NAME", clusters}},
		"nodegroup show":       {{"NAME", parts}},
		"nodegroup set":        {{"NAME nd/ssh_port=22 --yes", parts}},
		"network list":         {{"--cluster NAME", clusters}},
		"network show":         {{"NAME", parts}},
		"nodegroup add":        {{"NAME/rackX", clusters}},
		"nodegroup rename":     {{"NAME rackX --yes", parts}},
		"nodegroup assign":     {{"NAME node1 --yes", parts}, {"berlin/default NAME --yes", nodes[:1]}},
		"nodegroup delete":     {{"NAME --yes", parts}},
		"nodegroup tag":        {{"NAME x", parts}},
		"nodegroup untag":      {{"NAME x", parts}},
		"network add":          {{"NAME/lanX 10.99.0.0/24", clusters}},
		"network edit":         {{"NAME --gateway 10.99.0.1 --yes", parts}},
		"network connect":      {{"NAME default", parts}},
		"network disconnect":   {{"NAME default --yes", parts}},
		"network delete":       {{"NAME --yes", parts}},
		"network tag":          {{"NAME x", parts}},
		"network untag":        {{"NAME x", parts}},
	}
	forbidden := regexp.MustCompile(`paris|web2|db1|old1|node[12]\.|bob|ops|paris/job|192\.0\.2\.2`)
	unforbid := strings.NewReplacer(append([]string{"group:ops", ""}, "a role", "")...)
	reader := strings.TrimSpace(w.actors["mallory"].authorizedKey())
	for _, command := range leaves(t, w) {
		tries, ok := cases[command]
		if !ok {
			t.Errorf("%s has no case: what does it say of what its user may not see?", command)
		}
		delete(cases, command)
		for _, tr := range tries {
			words := strings.Fields(command + " " + tr.words)
			for i := range words {
				if words[i] == "KEY" {
					words[i] = reader
				}
			}
			for _, format := range []string{"table", "json"} {
				line := append(slices.Clone(words), "--output", format)
				if tr.names == nil {
					r := w.as(t, "ann", line...)
					if said := unforbid.Replace(r.out + r.err); forbidden.MatchString(said) && command != "grant roles" {
						t.Errorf("ann: %v: %s", line, said)
					}
				}
				for _, p := range tr.names {
					compare(t, w, line, p)
				}
			}
		}
	}
	for command := range cases {
		t.Errorf("%s is a case without a command", command)
	}
	// nothing of it had an effect: the jobs are the stop above, and the tags that
	// the two grants left
	want := map[string]int{"web2.paris.example.org": 1, "db1.paris.example.org": 1, "web1.berlin.example.org": 1}
	for _, c := range []string{"berlin", "paris"} {
		for vm, n := range w.state[c].Stats().Submitted {
			if n > want[vm] {
				t.Errorf("%s was given %d jobs for %s", c, n, vm)
			}
		}
	}
	has(t, w.must(t, "admin", "grant", "list"), "group:ops")
	has(t, w.must(t, "admin", "key", "list", "bob"), key)
	has(t, w.must(t, "admin", "audit", "verify"), "valid")
}

// compare holds that ann cannot tell a hidden name from an unknown one.
func compare(t *testing.T, w *world, words []string, p pair) {
	t.Helper()
	hidden, unknown := w.as(t, "ann", p.in(words, p.hidden)...), w.as(t, "ann", p.in(words, p.unknown)...)
	told := func(r result, name string) result {
		// a name is also shown in parts
		for _, part := range append([]string{name}, strings.FieldsFunc(name, func(r rune) bool { return r == '/' })...) {
			r.out, r.err = strings.ReplaceAll(r.out, part, "NAME"), strings.ReplaceAll(r.err, part, "NAME")
		}
		return r
	}
	if a, b := told(hidden, p.hidden), told(unknown, p.unknown); a != b {
		t.Errorf("ann: %v: %s and %s are told apart:\n%+v\n%+v", words, p.hidden, p.unknown, a, b)
	}
	list := slices.Contains(words, "list") || slices.Contains(words, "export") || words[0] == "find"
	if hidden.code != 3 && (!list || hidden.code != 0) {
		t.Errorf("ann: %v: %s: exit code %d: %s", words, p.hidden, hidden.code, hidden.err)
	}
}

// field is a text in a JSON object.
func field(t *testing.T, object, name string) string {
	t.Helper()
	var fields map[string]any
	check(t, json.Unmarshal([]byte(object), &fields))
	value, _ := fields[name].(string)
	return value
}

// nasty are words that mean something to a terminal, a log, a path or a parser.
func nasty() []string {
	return []string{
		"", " ", "-", "--", "..", "../../etc/passwd", "berlin/../paris", "berlin/", "/web1", "//", "berlin//web1", "berlin/web1/", "%2e%2e%2f", "web1%00",
		"web1\x00", "web1\nlevel=ERROR msg=forged", "web1\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}", "\x1b]52;c;aGVsbG8=\x07", "\x1b[2J\x1b[H", "\x9b31m",
		"\x1bP1$r\x1b\\", "web\u202e1", "web\u200b1", "\xff\xfe", "'; drop", "$(id)", "`id`", "web1;id", "*", "?", "[", "(", "\\",
		strings.Repeat("x", 10_000), strings.Repeat("a/", 5_000), strings.Repeat("é", 5_000), "--output=json", "-h", "user:", "user:\n", "job:-1", "job:0",
		"-1", "0", "99999999999999999999999999", "1e9", "NaN", "berlin/job/../1", "berlin/job/1\n2",
	}
}

// TestNastyWordsRegression puts them wherever a name stands: one clear answer,
// and a log of one JSON object a line that nobody can forge.
func TestNastyWordsRegression(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	for _, word := range nasty() {
		for _, words := range [][]string{
			{"vm", "show", word},
			{"vm", "stop", word},
			{"vm", "list", word},
			{"vm", "list", "--cluster", word},
			{"job", "log", word},
			{"job", "cancel", word, "--yes"},
			{"audit", "list", "--on", word, "--since", word},
			{"user", "add", word},
			{"user", "edit", "ann", "--comment", word},
			{"key", "add", "--key", word},
			{"grant", "set", word, word, word},
			{"can", word, word},
			{word},
			{"__complete", "vm", "show", word},
		} {
			r := w.as(t, "ann", words...)
			clean(t, fmt.Sprintf("%.60q", words), strings.ReplaceAll(r.out, "\t", " ")+r.err) // completion has tabs
			if len(r.err) > 5000 {
				t.Errorf("%.60q: %d bytes of complaint", words, len(r.err))
			}
			if r.code > 5 || r.code == 1 && words[0] != "user" {
				t.Errorf("%.60q: exit code %d: %.300s", words, r.code, r.err)
			}
		}
		// as the login name of somebody unknown
		mallory := *w.actors["mallory"]
		mallory.name = word
		if c, err := mallory.dial(t.Context(), w.server.addr); err == nil {
			_ = c.Close()
			t.Errorf("mallory got in as %.60q", word)
		}
	}
	honest(t, w)
	hasNot(t, w.must(t, "admin", "user", "list"), "rob")
}

// clean holds that a text does nothing to a terminal.
func clean(t *testing.T, what, text string) {
	t.Helper()
	for i, r := range text {
		_, width := utf8.DecodeRuneInString(text[i:])
		if r != '\n' && r != '\r' && !unicode.IsPrint(r) || r == utf8.RuneError && width == 1 {
			t.Errorf("%s: %q reaches the terminal: %.200q", what, r, text[max(0, i-40):])
			return
		}
	}
}

// honest holds that the server's log is one printable JSON object a line.
func honest(t *testing.T, w *world) {
	t.Helper()
	for line := range strings.Lines(w.server.Log()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("the log has a line that is no JSON object: %.200q", line)
		}
		clean(t, "the log", line)
		if entry["msg"] == "forged" {
			t.Errorf("somebody wrote this line: %s", line)
		}
	}
	for line := range strings.Lines(w.must(t, "admin", "audit", "export")) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("the audit log has a line that is no JSON object: %.200q", line)
		}
		clean(t, "the audit log", line)
	}
}

// TestRapidCommandsRegression runs far more commands at once than anybody may.
func TestRapidCommandsRegression(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var mu sync.Mutex
	outcome := map[string]int{}
	count := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		outcome[what]++
	}
	var all sync.WaitGroup
	for range 20 {
		client, err := w.actors["ann"].dial(ctx, w.server.addr)
		check(t, err)
		defer func() { _ = client.Close() }()
		for range 50 {
			all.Go(func() {
				s, err := client.NewSession()
				if err != nil {
					count("refused") // more than four on one connection
					return
				}
				defer func() { _ = s.Close() }()
				out, err := s.CombinedOutput("whoami")
				switch {
				case err == nil && strings.Contains(string(out), "ann"):
					count("done")
				case bytes.Contains(out, []byte("sessions open")):
					count("refused") // more than ten of one user
				default:
					count(fmt.Sprintf("%v: %.200s", err, out))
				}
			})
		}
	}
	all.Wait()
	if outcome["done"] == 0 || outcome["done"]+outcome["refused"] != 1000 {
		t.Errorf("1000 commands at once: %v", outcome)
	}
	// others were not disturbed, and nothing is left behind
	w.must(t, "admin", "whoami")
	w.must(t, "ann", "whoami")
	var live []struct{ User string }
	check(t, json.Unmarshal([]byte(w.must(t, "admin", "session", "list", "--output", "json")), &live))
	for _, s := range live {
		if s.User == "ann" {
			t.Errorf("ann still has a session: %+v", live)
		}
	}
}

// TestTwoAdministratorsRegression has two people change the same thing at once:
// what cannot both be is told to one of them, what can both be stays.
func TestTwoAdministratorsRegression(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	w.must(t, "admin", "user", "edit", "bob", "--admin")
	both := func(first, second []string) (codes [2]int, said string) {
		var two sync.WaitGroup
		var results [2]result
		two.Go(func() { results[0] = w.as(t, "admin", first...) })
		two.Go(func() { results[1] = w.as(t, "bob", second...) })
		two.Wait()
		return [2]int{results[0].code, results[1].code}, results[0].err + results[1].err
	}
	for round := range 10 {
		name := fmt.Sprintf("carl%d", round)
		codes, said := both([]string{"user", "add", name}, []string{"user", "add", name})
		if codes != [2]int{0, 1} && codes != [2]int{1, 0} {
			t.Errorf("user add %s twice at once: exit codes %v: %s", name, codes, said)
		}
		key, err := newActor(name)
		check(t, err)
		line := strings.TrimSpace(key.authorizedKey())
		codes, said = both([]string{"key", "add", name, "--key", line}, []string{"key", "add", "ann", "--key", line})
		if codes != [2]int{0, 1} && codes != [2]int{1, 0} {
			t.Errorf("the same key for two users: exit codes %v: %s", codes, said)
		}
		comment := fmt.Sprintf("number-%d", round)
		codes, said = both([]string{"user", "edit", name, "--comment", comment}, []string{"user", "edit", name, "--admin"})
		if user := w.must(t, "admin", "user", "show", name); codes != [2]int{} || !strings.Contains(user, comment) || !regexp.MustCompile(`administrator +yes`).MatchString(user) {
			t.Errorf("a change got lost: %v %s\n%s", codes, said, user)
		}
		codes, said = both([]string{"cluster", "edit", "paris", "--description", comment}, []string{"cluster", "edit", "paris", fmt.Sprintf("--protected=%v", round%2 == 0)})
		shown := w.must(t, "admin", "cluster", "show", "paris", "--output", "json")
		stays := [2]bool{strings.Contains(shown, comment), strings.Contains(shown, fmt.Sprintf(`"protected": %v`, round%2 == 0))}
		for i := range stays {
			if told := codes[i] == 1 && strings.Contains(said, "meanwhile"); codes[i] != 0 && !told || codes[i] == 0 && !stays[i] {
				t.Errorf("a change of the cluster got lost: %v %s\n%s", codes, said, shown)
			}
		}
		codes, said = both([]string{"user", "delete", name, "--yes"}, []string{"user", "delete", name, "--yes"})
		if codes != [2]int{0, 3} && codes != [2]int{3, 0} {
			t.Errorf("user delete %s twice at once: exit codes %v: %s", name, codes, said)
		}
	}
	// the last administrator stays, whoever is faster
	codes, said := both([]string{"user", "edit", "bob", "--admin=false"}, []string{"user", "edit", "admin", "--admin=false"})
	if codes == [2]int{} || codes[0] != 0 && codes[1] != 0 {
		t.Errorf("two administrators take each other's right away: %v %s", codes, said)
	}
	has(t, w.gwm(t, "audit", "verify"), "valid")
}

// TestGrantEndsWhileConnected holds that a right ends at its time, on the screen
// and in commands, without anybody doing anything.
func TestGrantEndsWhileConnected(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	until := time.Now().Add(8 * time.Second)
	w.must(t, "admin", "grant", "set", "ann", "operator", "berlin/web2", "--until", until.UTC().Format(time.RFC3339))
	s, err := w.actors["ann"].open(w.server.addr, 100, 30, "xterm-256color")
	check(t, err)
	w.screens["ann"] = s
	check(t, s.see("berlin"))
	check(t, s.press("2"))
	// a frame may arrive in parts, and on a slow machine the time may be over before the first
	check(t, s.wait("web2", func(text string, _ bool) bool {
		return strings.Contains(text, "› vms") && strings.Contains(text, "web2") || !time.Now().Before(until)
	}))
	check(t, s.vanish("web2"))
	if time.Now().Before(until.Truncate(time.Second)) {
		t.Error("the right ended before its time")
	}
	check(t, s.lacks("paris"))
	check(t, s.see("web1"))
	if r := w.as(t, "ann", "vm", "stop", "berlin/web2"); r.code != 3 {
		t.Errorf("after its end: %+v", r)
	}
	// the grant itself was written as a tag
	if n := w.state["berlin"].Stats().Submitted["web2.berlin.example.org"]; n > 1 {
		t.Errorf("%d jobs were submitted", n)
	}
}

// TestHugeInputRegression sends more than anything needs.
func TestHugeInputRegression(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	for _, words := range [][]string{
		{"vm", "list", strings.Repeat("name:a ", 20_000)},
		{"vm", "list", "/" + strings.Repeat("(a+)+", 2_000) + "/"},
		{"vm", "list", "/(((((a{1,1000}){1,1000}){1,1000}){1,1000})/"},
		{"vm", "list", strings.Repeat("-", 100_000)},
		{"vm", "list", strings.Repeat("!", 100_000) + "a"},
	} {
		r := w.as(t, "ann", words...)
		if r.code != 2 && r.code != 0 || len(r.err) > 5000 {
			t.Errorf("%.40q: exit code %d, %d bytes of complaint: %.200s", words, r.code, len(r.err), r.err)
		}
		clean(t, "a huge filter", r.out+r.err)
	}
	r := w.feed(t, "ann", strings.Repeat("ssh-ed25519 AAAA x\n", 1<<17), "key", "add", "--key", "-")
	if r.code != 2 || len(r.err) > 5000 {
		t.Errorf("2 MiB of keys: exit code %d: %.200s", r.code, r.err)
	}
	r = w.feed(t, "ann", strings.Repeat("\x00", 1<<21), "key", "add", "--key", "-")
	if r.code != 2 || len(r.err) > 5000 {
		t.Errorf("2 MiB of zeros: exit code %d: %.200s", r.code, r.err)
	}
	w.must(t, "ann", "whoami")
}
