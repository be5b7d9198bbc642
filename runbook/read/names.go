package read

import (
	"regexp"
	"strings"
)

// validName is the form of a variable's name.
var validName = regexp.MustCompile(variablePattern)

// dangerous are variables that change how programs run, so no captured output
// may end up in one. A trailing * stands for any ending.
var dangerous = []struct {
	why   string
	names []string
}{
	{"says which programs are found", strings.Fields("PATH CDPATH EXECIGNORE FIGNORE FPATH MANPATH")},
	{"loads foreign code into programs", strings.Fields("LD_* DYLD_* GCONV_PATH LOCPATH NLSPATH MALLOC_*")},
	{"is run by shells as they start or prompt", strings.Fields("ENV BASH_* BASHOPTS SHELLOPTS PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 ZDOTDIR PROMPT RPROMPT")},
	{"changes how a shell reads a command", strings.Fields("IFS GLOBIGNORE POSIXLY_CORRECT INPUTRC HISTFILE HISTCONTROL HISTCHARS HISTTIMEFORMAT TMOUT FCEDIT OPTIND OPTARG OPTERR")},
	{"belongs to the shell itself", strings.Fields("UID EUID PPID GROUPS RANDOM SECONDS LINENO REPLY PIPESTATUS FUNCNAME DIRSTACK SHLVL EPOCHSECONDS EPOCHREALTIME HOSTTYPE MACHTYPE OSTYPE COLUMNS LINES")},
	{"says who and where the person is", strings.Fields("HOME USER LOGNAME SHELL PWD OLDPWD TMPDIR TZ TZDIR LANG LANGUAGE LC_* TERM TERMINFO* TERMCAP XDG_*")},
	{"names a program that others start", strings.Fields("EDITOR VISUAL PAGER MANPAGER BROWSER LESS LESSOPEN LESSCLOSE SSH_ASKPASS SUDO_ASKPASS GIT_* MAKEFLAGS")},
	{"loads code into an interpreter", strings.Fields("PYTHON* PERL* RUBYLIB RUBYOPT NODE_OPTIONS NODE_PATH CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS LUA_* PHPRC GEM_PATH GEM_HOME")},
	{"sends programs to other hosts or trusts others", strings.Fields("HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY HOSTALIASES RESOLV_HOST_CONF RES_OPTIONS SSL_* OPENSSL_* CURL_* SSH_AUTH_SOCK")},
}

// danger says why a variable may not be set from a playbook; "" if it may.
func danger(name string) string {
	for _, row := range dangerous {
		for _, d := range row.names {
			if begin, open := strings.CutSuffix(d, "*"); d == name || open && strings.HasPrefix(name, begin) {
				return row.why
			}
		}
	}
	return ""
}

// variable is the key of a pair as the name of an environment variable.
func (v value) variable() string {
	name := v.name()
	if !validName.MatchString(name) {
		v.faultKey(show(name)+" is not a variable's name", "use A-Z, 0-9 and _, beginning with a letter")
	} else if why := danger(name); why != "" {
		v.faultKey(show(name)+" may not be set: it "+why, "choose another name")
	}
	return name
}
