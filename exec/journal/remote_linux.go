package journal

import "golang.org/x/sys/unix"

// remotes are the file systems that lead to another machine, or out of this one
// as drives of the host do, by the number that the kernel gives them.
var remotes = map[uint32]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.CIFS_SUPER_MAGIC: "SMB",
	unix.V9FS_MAGIC:       "9P",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.AFS_FS_MAGIC:     "AFS",
	unix.CEPH_SUPER_MAGIC: "Ceph",
	unix.CODA_SUPER_MAGIC: "Coda",
}

// Remote names the network file system that a folder is on, "" where it is on
// none that is known, or that can't be told.
func Remote(dir string) string {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return ""
	}
	return remotes[uint32(s.Type)]
}
