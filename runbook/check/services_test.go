package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServicesInCommands: which services a command uses, and which hosts it
// reaches that belong to none.
func TestServicesInCommands(t *testing.T) {
	c := newCatalogue()
	for _, tt := range []struct{ text, used, hosts string }{
		{"aws ec2 run-instances", "Amazon EC2", ""},
		{"aws --profile dr --no-cli-pager route53 list-hosted-zones", "Route 53", ""},
		{"sudo -n true; AWS_PROFILE=dr aws s3 cp a s3://bucket/a", "Amazon S3", ""},
		{"aws configure list; aws sts get-caller-identity", "", ""},
		{"cd ~/apps && git pull", "the code repository", ""},
		{"git -C /srv/app pull --ff-only", "the code repository", ""},
		{"git status; git log; docker compose pull; docker ps", "", ""},
		{"id=$(gcloud compute instances list) && \\\n  gsutil ls", "Compute Engine, Cloud Storage", ""},
		{"for n in $(kubectl get nodes); do helm list; done", "Kubernetes, Kubernetes", ""},
		{"az network dns record-set list; az vm list", "Azure DNS, Azure virtual machines", ""},
		{"curl -fsS https://github.com/a/b/raw/main/x.sh", "GitHub", ""},
		{"curl https://bucket.s3.us-west-2.amazonaws.com/x", "Amazon S3", ""},
		{"psql -h shop.abc.us-west-2.rds.amazonaws.com -c 'select 1'", "PostgreSQL, Amazon RDS", ""},
		{"psql 'host=db.example.com dbname=shop'", "PostgreSQL", "db.example.com"},
		{"mysql --host=db.example.com -e 'select 1' | grep -h 1", "MySQL", "db.example.com"},
		{"ssh -i key ops@bastion.example.com uptime; scp a ops@bastion.example.com:/tmp", "", "bastion.example.com"},
		{"curl http://localhost/ http://127.0.0.1:80/ http://[::1]/ http://$HOST/ http://${HOST}:80/ http://api/", "", ""},
		{"curl 'https://a.example.com:8443/x?y=z' \"https://$NAME.example.com/\"", "", "a.example.com"},
		{"curl http://cafe.de/", "", "cafe.de"},
		{"echo aws ec2; # git pull", "", ""},
	} {
		used, hosts := c.reached(tt.text)
		used = append(c.usedBy([]*script{readScript(tt.text, "", nil)}), used...)
		if diff := cmp.Diff([2]string{tt.used, tt.hosts}, [2]string{strings.Join(used, ", "), strings.Join(hosts, ", ")}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestServicesInTexts: names count as words, never inside others.
func TestServicesInTexts(t *testing.T) {
	c := newCatalogue()
	for text, want := range map[string]string{
		"Point the record at it in Route 53.":    "Route 53",
		"ROUTE53 answers":                        "Route 53",
		"Go on en route to 53 hosts.":            "",
		"The services S3, RDS and EC2 are up.":   "Amazon S3, Amazon RDS, Amazon EC2",
		"Wait until DNS has spread.":             "DNS",
		"The bindings and the vault of the bank": "",
		"":                                       "",
	} {
		if got := strings.Join(c.texts.in(text), ", "); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// TestEveryServiceCanBeFound: a row whose names clash or which nothing finds
// would never be missed, and every vendor of one is known.
func TestEveryServiceCanBeFound(t *testing.T) {
	c := newCatalogue()
	known := map[string]bool{"": true}
	for _, v := range vendors {
		known[v.name] = true
	}
	for _, row := range services {
		for _, name := range cells(row.words) {
			if got := c.texts.in(name); len(got) == 0 || got[len(got)-1] != row.name && got[0] != row.name {
				t.Errorf("%q finds %v and not %s", name, got, row.name)
			}
		}
		if !known[row.vendor] {
			t.Errorf("%s is run by %s, which no contact can be", row.name, row.vendor)
		}
		if row.words+row.commands+row.hosts == "" {
			t.Errorf("nothing finds %s", row.name)
		}
	}
}
