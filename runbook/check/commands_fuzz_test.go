package check

import "testing"

// FuzzCommands: whatever a command's text is, the checks come to an end.
func FuzzCommands(f *testing.F) {
	for _, seed := range []string{"./", "rm -rf \"$X/\"* | sh", "ssh a 'b \"$C\"' <<E\n$D\nE\n", "sudo -u", "kubectl exec -it", "docker exec -it a sh -c 'x'", "psql -c 'drop table a' &", "until a; do sleep 1; done", "env A=b timeout 5", "git pull", "$ a", "printf -v"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { found(running(text), "LS25") })
}
