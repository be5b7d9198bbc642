package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// everywhere are the programs that any system has, and the shell's own: they
// need no word in `tools`.
var everywhere = setOf(`. : [ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable eval exec
	exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly
	return select set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait time
	arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir dircolors dirname
	du env expand expr factor fmt fold groups head hostid hostname id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv
	nice nl nohup nproc numfmt od paste pathchk pinky pr printenv ptx readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum
	sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee timeout touch tr truncate tsort tty uname
	unexpand uniq unlink uptime users vdir wc who whoami yes
	awk sed grep egrep fgrep find xargs diff cmp ps sh bash ed file less more tar gzip gunzip zcat which su man
	bythebook`)

// findTools is LS24: what the commands need on this machine is declared, so
// that it is looked for before the start.
func findTools(s *subject) {
	known := map[string]bool{"": true} // a value decides it
	for _, t := range s.Tools {
		known[t] = true
	}
	var local []*script
	local = append(local, s.procedures().probes...)
	s.eachStep(func(sc *scene, st *step) {
		for _, sh := range st.scripts {
			maps.Copy(known, sh.defines)
			if st.here() {
				local = append(local, sh)
			}
		}
	})
	first, missing := "", []string{}
	for _, sh := range local {
		for _, c := range sh.calls {
			if c.far || c.file != "" || everywhere[c.name] || known[c.name] {
				continue
			}
			known[c.name] = true
			first, missing = cmp.Or(first, sh.path), append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		s.report(first, "the commands need "+listed(missing)+", which `tools` does not name", "add `tools: ["+strings.Join(missing, ", ")+"]`, so that a missing one is found before the start")
	}
	s.findStrayFiles()
}

// here reports whether a step runs on the operator's own machine.
func (st *step) here() bool {
	return len(st.At) == 0 || slices.Contains(st.At, "local")
}

// findStrayFiles reports scripts that are run and are not agreed to.
func (s *subject) findStrayFiles() {
	agreed := map[string]bool{}
	for _, f := range s.Files {
		agreed[f] = true
	}
	for _, sc := range s.procedures().scenes {
		moved := false // a folder was changed, so nobody knows what a path means
		for _, st := range sc.all() {
			for _, sh := range st.scripts {
				for _, c := range sh.calls {
					moved = moved || c.name == "cd" || c.name == "pushd" || st.In.Dir != ""
					if c.ownFile() && st.here() && !moved && !agreed[strings.TrimPrefix(c.file, "./")] {
						s.report(sh.path, "`"+c.file+"` is run, and is not among `files`", "add it to `files`: people then agree to its text too")
					}
				}
			}
		}
	}
}

// ownFile reports whether the call runs a file from beside the playbook.
func (c call) ownFile() bool {
	return c.file != "" && !c.far && c.name != "" && !strings.HasPrefix(c.file, "/") && !strings.HasPrefix(c.file, "~")
}

// listed are names as a sentence has them: `a`, `b` and `c`.
func listed(names []string) string {
	all := quoted(names)
	if last := len(all) - 1; last > 0 {
		return strings.Join(all[:last], ", ") + " and " + all[last]
	}
	return strings.Join(all, "")
}

func quoted(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = "`" + n + "`"
	}
	return all
}
