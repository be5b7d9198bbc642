package check

import (
	"cmp"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"bythebook/runbook"
)

// A service is something that playbooks use without saying so: a command names
// it, or half a sentence does.
type service struct {
	name     string
	vendor   string // who runs it for everybody; "" where each team runs its own
	words    string // how texts name it, bars between
	stands   string // what else in the tables stands for it
	commands string // how commands that use it begin
	hosts    string // how the names of its hosts end
	tool     bool   // recoveries are made with it, so that its loss can lock a team out
	carries  bool   // a component whose platform it is runs on it, and is not it
}

// services are those that failovers most often go through. A row that is
// missing makes a check see less, never more.
var services = []service{
	{name: "Route 53", vendor: "AWS", words: "route 53|route53", commands: "aws route53|aws route53domains", tool: true},
	{name: "Amazon S3", vendor: "AWS", words: "s3", commands: "aws s3|aws s3api", hosts: "s3.amazonaws.com"},
	{name: "Amazon RDS", vendor: "AWS", words: "rds|aurora", commands: "aws rds", hosts: "rds.amazonaws.com"},
	{name: "Amazon EC2", vendor: "AWS", words: "ec2|elastic compute cloud", stands: "eks|ecs", commands: "aws ec2|aws autoscaling", hosts: "compute.amazonaws.com|compute-1.amazonaws.com"},
	{name: "Amazon CloudFront", vendor: "AWS", words: "cloudfront", commands: "aws cloudfront", hosts: "cloudfront.net"},
	{name: "AWS IAM", vendor: "AWS", words: "iam", commands: "aws iam", tool: true},
	{name: "Elastic Load Balancing", vendor: "AWS", words: "elb|alb|nlb|elastic load balancing|elastic load balancer", stands: "load balancer", commands: "aws elb|aws elbv2", hosts: "elb.amazonaws.com"},
	{name: "Amazon ECS", vendor: "AWS", words: "ecs|fargate", commands: "aws ecs"},
	{name: "Amazon EKS", vendor: "AWS", words: "eks", commands: "aws eks", hosts: "eks.amazonaws.com"},
	{name: "AWS Lambda", vendor: "AWS", words: "aws lambda", stands: "lambda", commands: "aws lambda"},
	{name: "Amazon DynamoDB", vendor: "AWS", words: "dynamodb", commands: "aws dynamodb"},
	{name: "Amazon SQS", vendor: "AWS", words: "sqs", commands: "aws sqs"},
	{name: "Amazon ElastiCache", vendor: "AWS", words: "elasticache", commands: "aws elasticache", hosts: "cache.amazonaws.com"},
	{name: "AWS Systems Manager", vendor: "AWS", words: "ssm|aws systems manager", stands: "systems manager", commands: "aws ssm", tool: true},
	{name: "AWS Secrets Manager", vendor: "AWS", words: "aws secrets manager", stands: "secrets manager", commands: "aws secretsmanager", tool: true},
	{name: "AWS KMS", vendor: "AWS", words: "kms", commands: "aws kms", tool: true},
	{name: "Amazon ECR", vendor: "AWS", words: "ecr", commands: "aws ecr", hosts: "ecr.amazonaws.com", tool: true},
	{name: "AWS CloudFormation", vendor: "AWS", words: "cloudformation", commands: "aws cloudformation", tool: true},

	{name: "Compute Engine", vendor: "Google Cloud", words: "compute engine|gce", stands: "gke", commands: "gcloud compute"},
	{name: "Cloud SQL", vendor: "Google Cloud", words: "cloud sql", commands: "gcloud sql"},
	{name: "Cloud DNS", vendor: "Google Cloud", words: "cloud dns", commands: "gcloud dns", tool: true},
	{name: "Cloud Storage", vendor: "Google Cloud", words: "google cloud storage|gcs", stands: "cloud storage", commands: "gcloud storage|gsutil", hosts: "storage.googleapis.com"},
	{name: "Google Kubernetes Engine", vendor: "Google Cloud", words: "gke|google kubernetes engine", commands: "gcloud container"},
	{name: "Cloud Run", vendor: "Google Cloud", words: "google cloud run", stands: "cloud run", commands: "gcloud run", hosts: "run.app"},

	{name: "Azure virtual machines", vendor: "Microsoft Azure", words: "azure vm|azure vms|azure virtual machine|azure virtual machines", stands: "virtual machine|virtual machines|aks", commands: "az vm|az vmss"},
	{name: "Azure DNS", vendor: "Microsoft Azure", words: "azure dns", commands: "az network dns", tool: true},
	{name: "Azure SQL", vendor: "Microsoft Azure", words: "azure sql", commands: "az sql", hosts: "database.windows.net"},
	{name: "Azure Storage", vendor: "Microsoft Azure", words: "azure storage|azure blob storage", stands: "blob storage", commands: "az storage", hosts: "core.windows.net"},
	{name: "Azure Kubernetes Service", vendor: "Microsoft Azure", words: "aks|azure kubernetes service", commands: "az aks"},

	{name: "GitHub", vendor: "GitHub", words: "github", commands: "gh", hosts: "github.com|githubusercontent.com|ghcr.io", tool: true},
	{name: "GitLab", vendor: "GitLab", words: "gitlab", commands: "glab", hosts: "gitlab.com", tool: true},
	{name: "Bitbucket", vendor: "Atlassian", words: "bitbucket", hosts: "bitbucket.org", tool: true},
	{name: "the code repository", words: "code repository|git repository|source repository", stands: "git|github|gitlab|bitbucket|codecommit|gitea|forgejo|repository", commands: "git pull|git clone|git fetch|git push", tool: true},
	{name: "Docker Hub", vendor: "Docker", words: "docker hub|dockerhub", hosts: "docker.io", tool: true},
	{name: "the image registry", words: "container registry|image registry", stands: "registry|docker hub|dockerhub|ecr|ghcr|gcr|acr|harbor|quay|artifact registry|artifactory", commands: "docker pull|docker push|podman pull|podman push", tool: true},
	{name: "Kubernetes", words: "kubernetes|k8s", stands: "eks|gke|aks|openshift|k3s|rke|rke2|rancher", commands: "kubectl|helm|oc", tool: true, carries: true},
	{name: "DNS", words: "dns", stands: "route 53|route53|cloudflare|cloud dns|azure dns|name service|name server|nameserver|bind|coredns|unbound|powerdns", commands: "nsupdate|rndc", tool: true},
	{name: "Cloudflare", vendor: "Cloudflare", words: "cloudflare", commands: "flarectl", hosts: "api.cloudflare.com"},
	{name: "Fastly", vendor: "Fastly", words: "fastly", commands: "fastly", hosts: "fastly.com"},
	{name: "Vault", words: "hashicorp vault", stands: "vault|openbao", commands: "vault|bao", tool: true},
	{name: "Consul", words: "hashicorp consul", stands: "consul", commands: "consul", tool: true},

	{name: "PostgreSQL", words: "postgresql|postgres", stands: "rds|aurora|cloud sql|timescaledb|cockroachdb|patroni", commands: "psql|pg_dump|pg_restore|pg_basebackup|pg_ctl|patronictl"},
	{name: "MySQL", words: "mysql", stands: "mariadb|percona|rds|aurora|cloud sql", commands: "mysql|mysqldump|mysqladmin"},
	{name: "Redis", words: "redis", stands: "valkey|elasticache|memorystore", commands: "redis-cli"},
	{name: "MongoDB", words: "mongodb", stands: "documentdb", commands: "mongosh|mongodump|mongorestore"},
	{name: "RabbitMQ", words: "rabbitmq", commands: "rabbitmqctl|rabbitmqadmin"},
	{name: "Kafka", words: "kafka", stands: "msk|redpanda", commands: "kafka-topics|kafka-console-consumer|kafka-console-producer"},

	{name: "PagerDuty", vendor: "PagerDuty", words: "pagerduty", commands: "pd", hosts: "pagerduty.com"},
	{name: "Opsgenie", vendor: "Atlassian", words: "opsgenie", hosts: "opsgenie.com"},
	{name: "Okta", vendor: "Okta", words: "okta", hosts: "okta.com", tool: true},
	{name: "Auth0", vendor: "Okta", words: "auth0", hosts: "auth0.com"},
	{name: "Stripe", vendor: "Stripe", words: "stripe", hosts: "stripe.com"},
	{name: "Twilio", vendor: "Twilio", words: "twilio", hosts: "twilio.com"},
	{name: "SendGrid", vendor: "Twilio", words: "sendgrid", hosts: "sendgrid.com|sendgrid.net"},
}

// vendors are those who run services for others: how contacts name them, and
// what in a component's platform says that they run it.
var vendors = []struct{ name, words, platforms string }{
	{"AWS", "aws|amazon", "aws|amazon"},
	{"Google Cloud", "google|gcp", "google cloud|gcp"},
	{"Microsoft Azure", "microsoft|azure", "azure"},
	{"GitHub", "github", ""}, {"GitLab", "gitlab", ""}, {"Atlassian", "atlassian|bitbucket|opsgenie", ""}, {"Docker", "docker", ""},
	{"Cloudflare", "cloudflare", ""}, {"Fastly", "fastly", ""}, {"PagerDuty", "pagerduty", ""}, {"Okta", "okta|auth0", ""},
	{"Stripe", "stripe", ""}, {"Twilio", "twilio|sendgrid", ""},
}

// A catalogue finds services, and who runs them, in what playbooks say and run.
type catalogue struct {
	texts     phrases // services, by what texts call them
	standing  phrases // services, by what stands for them in the tables as well
	commands  map[string][]usage
	rows      map[string]service // by name
	hosts     map[string]string  // how hosts' names end -> a service
	vendors   phrases            // by what contacts call them
	platforms phrases            // by what in a component's platform says that they run it
}

// A usage is how a command that uses a service begins.
type usage struct {
	begin   []string
	service string
}

// allServices is the catalogue. It is made when the first check asks for it, once for
// however many playbooks, and nobody changes it.
var allServices = sync.OnceValue(newCatalogue)

func newCatalogue() catalogue {
	c := catalogue{newPhrases(), newPhrases(), map[string][]usage{}, map[string]service{}, map[string]string{}, newPhrases(), newPhrases()}
	for _, row := range services {
		c.rows[row.name] = row
		c.texts.addAll(row.words, row.name)
		c.standing.addAll(row.words, row.name)
		c.standing.addAll(row.stands, row.name)
		if row.vendor != "" {
			c.platforms.addAll(row.words, row.vendor)
		}
		for _, ending := range cells(row.hosts) {
			c.hosts[ending] = row.name
		}
		for _, command := range cells(row.commands) {
			begin := strings.Fields(command)
			c.commands[begin[0]] = append(c.commands[begin[0]], usage{begin, row.name})
		}
	}
	for _, row := range vendors {
		c.vendors.addAll(row.words, row.name)
		c.platforms.addAll(row.platforms, row.name)
	}
	return c
}

// addAll adds the names in one entry of the tables above.
func (p phrases) addAll(entry, owner string) {
	for _, text := range cells(entry) {
		p.add(text, owner)
	}
}

// cells are the parts of one entry of the table above.
func cells(entry string) []string {
	return strings.FieldsFunc(entry, func(r rune) bool { return r == '|' })
}

// usedBy are the services that the commands of some scripts use, here or
// elsewhere.
func (c catalogue) usedBy(scripts []*script) []string {
	var used []string
	for _, sh := range scripts {
		for _, call := range sh.calls {
			for _, u := range c.commands[call.name] {
				if startsWith(append([]string{call.name}, call.args...), u.begin) {
					used = append(used, u.service)
				}
			}
		}
	}
	return used
}

// reached are the services whose hosts a command reaches by name, and those of
// the hosts that belong to none.
func (c catalogue) reached(text string) (used, hosts []string) {
	for _, host := range hostsIn(text) {
		name := ""
		for _, ending := range endingsOf(region().ReplaceAllString(host, "")) {
			name = cmp.Or(name, c.hosts[ending])
		}
		if name == "" {
			hosts = append(hosts, host)
		} else {
			used = append(used, name)
		}
	}
	return used, hosts
}

// region is the part of a cloud's host name that says where it stands.
var region = compiled(`\.[a-z]{2}(-[a-z]+)+-[0-9]+\b`)

// startsWith reports whether a command begins with some words, options of its
// own aside: `aws --profile dr route53 ...`.
func startsWith(words, begin []string) bool {
	for i, w := range words {
		switch {
		case len(begin) == 0:
			return true
		case w == begin[0]:
			begin = begin[1:]
		case i == 0 || !strings.HasPrefix(w, "-") && !strings.HasPrefix(words[i-1], "--") && !strings.HasPrefix(words[i-1], "-"):
			return false
		}
	}
	return len(begin) == 0
}

var (
	urlForm  = compiled(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>|;&()]+`)
	login    = compiled(`(?:^|\s)[\w.-]+@([\w-]+(?:\.[\w-]+)+)(?:\s|:|$)`)
	hostFlag = compiled(`(?:^|\s)(?:psql|pg_dump|pg_restore|mysql|mysqldump|redis-cli|mongosh)\s[^\n|;&]*?(?:-h\s+|--host[= ]|host=)([\w-]+(?:\.[\w-]+)+)`)
)

// hostsIn are the hosts that a command reaches by name. Those of this machine,
// bare numbers and values are none, nor are files (file://, AWS's fileb://).
func hostsIn(text string) []string {
	var all []string
	if strings.Contains(text, "://") {
		for _, a := range urlForm().FindAllString(text, -1) {
			if u, err := url.Parse(a); err == nil && !strings.HasPrefix(u.Scheme, "file") {
				all = append(all, u.Hostname())
			}
		}
	}
	for _, form := range []struct {
		sign string // without which the search is not worth while
		find func() *regexp.Regexp
	}{{"@", login}, {"-h", hostFlag}, {"host=", hostFlag}} {
		if strings.Contains(text, form.sign) {
			for _, m := range form.find().FindAllStringSubmatch(text, -1) {
				all = append(all, m[1])
			}
		}
	}
	return slices.DeleteFunc(unique(all), func(host string) bool {
		_, noNumber := netip.ParseAddr(host)
		return noNumber == nil || !strings.Contains(host, ".") || strings.Contains(host, "$") || strings.HasSuffix(host, ".localhost")
	})
}

// endingsOf are a host's name and those of the domains that it is in.
func endingsOf(host string) []string {
	var all []string
	for at := strings.ToLower(host); at != ""; {
		all = append(all, at)
		_, at, _ = strings.Cut(at, ".")
	}
	return all
}

// hostOf is the host of an endpoint, which may be an address, a host with its
// port, or a host alone.
func hostOf(endpoint string) string {
	if _, rest, ok := strings.Cut(endpoint, "://"); ok {
		endpoint = rest
	}
	host, _, _ := strings.Cut(endpoint, "/")
	host, _, _ = strings.Cut(host, ":")
	return strings.ToLower(host)
}

// A system is what the document's tables say there is: which component is, or
// runs on, which service, and which hosts are its own.
type system struct {
	catalogue
	components register
	serves     map[string][]string // a service -> the components that are it, run on it or use it
	tools      map[string][]string // a tool -> the components that are it
	endpoints  map[string]bool
}

func (s *subject) system() system {
	t := system{allServices(), registerOf(s.Components), map[string][]string{}, map[string][]string{}, map[string]bool{}}
	for _, c := range s.Components {
		itself := t.standing.in(namesOf(c)...)
		for _, name := range t.standing.in(componentTexts(c)...) {
			t.serves[name] = append(t.serves[name], c.ID)
			onIt := !t.rows[name].carries && slices.Contains(t.standing.in(c.Platform), name)
			if t.rows[name].tool && (onIt || slices.Contains(itself, name)) {
				t.tools[name] = append(t.tools[name], c.ID)
			}
		}
		if host := hostOf(c.Endpoint); host != "" {
			t.endpoints[host] = true
		}
	}
	return t
}

// componentTexts are all that a table says of a component.
func componentTexts(c runbook.Component) []string {
	texts := slices.Concat([]string{c.ID, c.Name, c.Platform, c.Endpoint, c.DataStore, c.Backup.Method}, c.Aliases, c.Technologies)
	if c.Vendor != nil {
		texts = append(texts, c.Vendor.Name)
	}
	return texts
}

// knows reports whether a host is a component's, stands below one, or is called
// like a component.
func (t system) knows(host string) bool {
	if slices.ContainsFunc(endingsOf(host), func(e string) bool { return t.endpoints[e] }) {
		return true
	}
	return len(t.components.named(firstLabel(host))) > 0
}

// firstLabel is a host's name without its domain.
func firstLabel(host string) string {
	first, _, _ := strings.Cut(host, ".")
	return first
}
