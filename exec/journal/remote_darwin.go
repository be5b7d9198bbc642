package journal

import "golang.org/x/sys/unix"

// remotes are the file systems that lead to another machine, by the name that
// the kernel gives them.
var remotes = map[string]string{"nfs": "NFS", "smbfs": "SMB", "afpfs": "AFP", "webdav": "WebDAV"}

// Remote names the network file system that a folder is on, "" where it is on
// none that is known, or that can't be told.
func Remote(dir string) string {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return ""
	}
	return remotes[unix.ByteSliceToString(s.Fstypename[:])]
}
