package check

import (
	"testing"

	"bythebook/runbook"
)

// TestGoodPlaybooksAreLeftAlone: what looks like a fault and is none. A false
// alarm teaches people to look away.
func TestGoodPlaybooksAreLeftAlone(t *testing.T) {
	const head = "playbook: shop\ntitle: Shop\n"
	const end = "    recovery: [{do: Start the shop on the spare host.}]\n"
	for _, tt := range []struct{ code, why, text string }{
		{"LP03", "the application itself is no dependency of its own", head + "application: The shop.\ncomponents: {shop: {name: Shop}}\nscenarios:\n  a:\n    title: A\n" + end},
		{"LP05", "a need of a need is a need", head + `components: {shop: {name: Shop}, stock: {name: Stock}, orders: {name: Orders}}
dependencies: {shop: {needs: [stock]}, stock: {needs: [orders]}, orders: {}}
scenarios:
  a:
    title: A
    component: shop
    assumptions: [{text: Orders and the shop's image can be read.}]
` + end},
		{"LP05", "what takes over is needed only then", head + `components: {bank: {name: Northpay}, spare: {name: Cardlane}}
dependencies: {bank: {class: critical}, spare: {class: non-critical}}
scenarios:
  a:
    title: A
    component: bank
    platform: Cardlane.
    assumptions: [{text: Cardlane accepts our traffic.}]
` + end},
		{"LP06", "what can be missed may take longer", head + "dependencies: {shop: {class: critical, rto: 1h, needs: [search]}, search: {class: non-critical, rto: 3d}}\nscenarios:\n  a:\n    title: A\n" + end},
		{"LP07", "the data is somewhere else", head + `components: {shop: {data_store: orders}, orders: {}, images: {}}
dependencies: {shop: {class: critical, rpo: 1h, needs: [orders, images]}, orders: {class: critical, rpo: 1h}, images: {class: critical, rpo: 24h}}
scenarios:
  a:
    title: A
` + end},
		{"LP13", "the table does not say what critical dependencies need", head + "dependencies: {orders: {class: critical}, search: {class: non-critical, needs: [orders]}}\nscenarios:\n  a:\n    title: A\n" + end},
		{"LP14", "a live exercise may be put where it does not hurt", head + `components: {shop: {}}
dependencies: {shop: {class: critical, period: "Mon-Fri 08:00-18:00"}}
exercise: {type: live, scenarios: [a], window: 2026-11-21 10:00 / 3h}
scenarios:
  a:
    title: A
    component: shop
` + end},
		{"LP15", "a workaround may speak of the same thing", head + `components: {shop: {}}
dependencies: {shop: {class: critical, workaround: Sell from the spare shop at the market.}}
scenarios:
  a:
    title: A
    component: shop
` + end},
		{"LP16", "one severity may have two objectives", head + "severities: {high: x, low: y}\nscenarios:\n  a:\n    title: A\n    severity: high\n    rto: 2h\n" + end + "  b:\n    title: B\n    severity: high\n    rto: 1h\n" + end},
		{"LP17", "this machine, bare numbers and values are no hosts of others", head + `components: {shop: {endpoint: "shop.example.com:443", technologies: [PostgreSQL 16, Route 53]}}
scenarios:
  a:
    title: A
    component: shop
    platform: The standby spare-2.
    recovery:
      - {do: Look at all of it., run: 'curl http://localhost:80/ http://127.0.0.1/ "http://$NEW_HOST/" https://www.shop.example.com/; dig +short shop.example.com; git status; docker compose up; curl -T file:///etc/motd.txt https://shop.example.com; aws route53 x --change-batch fileb://to-spare.json; psql -h spare-2.example.org'}
      - {do: Show the log and go on en route to the bind mount., run: 'psql -h "$DB" -c "select 1"; ssh root@10.0.0.7', if: x}
` + "      - {do: x}\n"},
		{"LS16", "a minute is as fine as people plan", head + "scenarios:\n  a:\n    title: A\n    recovery: [{do: x, run: uptime, estimate: 1m, timeout: 10s}]\n"},
		{"LS19", "a test by hand may say in its words what must be seen", head + "scenarios:\n  a:\n    title: A\n" + end + "    test: [{do: Open the front page. The first book should be the newest.}]\n"},
		{"LS19", "kubectl fails where there is no cluster, and psql without the one PostgreSQL", head + `components: {shop: {platform: Kubernetes}, cluster: {name: Kubernetes cluster, platform: Amazon EKS}, orders: {technologies: [PostgreSQL 16]}}
dependencies: {shop: {class: critical, needs: [cluster, orders]}, cluster: {class: critical}, orders: {class: critical}}
scenarios:
  a:
    title: A
    component: shop
` + end + `    test: [{do: Sell a book., run: kubectl exec deploy/shop -- sell, expect: {contains: sold}}, {do: See it., run: psql -c "select 1", expect: {contains: "1"}}]
`},
		{"LS25", "a value of plain characters is the same text to every shell", head + `inputs: {BROKER: {ask: "Which?", pattern: "[0-9]+"}}
scenarios:
  a:
    title: A
    recovery:
      - {do: "Which host?", run: spare-host, capture: {HOST: 'host=([a-z0-9.-]+)'}}
      - {do: Adopt it., run: 'ssh -o BatchMode=yes $HOST sudo adopt --id "$BROKER"'}
`},
		{"LS27", "somebody who is named in the words is named", head + "contacts: {ann: {name: Ann Lee}}\nscenarios:\n  a:\n    title: A\n    assumptions: [{text: Ann Lee has the key of the cabinet.}]\n" + end},
		{"LD11", "an overview may tell what to do with something else", head + "components: {shop: {}, pool: {}}\nscenarios:\n  a:\n    title: A\n    component: shop\n    overview: Let the pool send customers to the spare host.\n" + end},
		{"LP18", "a service is a dependency by the component that runs on it", head + `components: {images: {platform: Amazon S3}}
dependencies: {images: {}}
scenarios:
  a:
    title: A
    assumptions: [{text: S3 answers.}]
` + end},
		{"LP19", "one contact and one promise hold for all that a vendor runs", head + `components: {shop: {platform: Amazon EC2, third_party: {vendor: Amazon Web Services, support: desk, sla: 99.9 %}}, images: {platform: Amazon S3}, cache: {platform: Docker on a host of ours}}
external_contacts: {desk: {name: AWS Support}}
scenarios:
  a:
    title: A
` + end},
		{"LP20", "what runs on Kubernetes is not Kubernetes", head + `components: {shop: {platform: Amazon EKS, technologies: [Consul]}}
dependencies: {shop: {}}
scenarios:
  a:
    title: A
    component: shop
    recovery: [{do: Start it again., run: kubectl rollout restart deployment/shop; consul kv get shop}]
`},
		{"LP20", "a step may speak of what was lost", head + `components: {dns: {name: DNS}}
dependencies: {dns: {}}
scenarios:
  a:
    title: A
    component: dns
    recovery: [{do: Tell everybody that DNS is lost.}]
`},
		{"LP21", "a process that is slow is mended where it is", head + "components: {shop: {az: us-west-2a}}\nscenarios:\n  a:\n    title: A\n    component: shop\n    failure_mode: slow\n    platform: The same host in us-west-2a.\n" + end},
		{"LP22", "two failures may have two objectives", head + "components: {shop: {}}\nscenarios:\n  a:\n    title: A\n    component: shop\n    failure_mode: down\n    rto: 2h\n" + end + "  b:\n    title: B\n    component: shop\n    failure_mode: slow\n    rto: 1h\n" + end},
		{"LP23", "a recovery alone that is too slow is another check's", head + "components: {shop: {}, orders: {}}\ndependencies: {shop: {rto: 1h, needs: [orders]}, orders: {rto: 1h}}\nscenarios:\n  a:\n    title: A\n    component: shop\n    recovery: [{do: x, estimate: 2h}]\n"},
		{"LH06", "a contact who lists no services may know all of them", head + "components: {shop: {}}\ncontacts: {ann: {}, ben: {}}\nscenarios:\n  a:\n    title: A\n    component: shop\n    leads: {primary: ann, secondary: ben}\n" + end},
		{"LH07", "two people cannot help it in two scenarios", head + "contacts: {ann: {}, ben: {}}\nscenarios:\n  a:\n    title: A\n    leads: {primary: ann, secondary: ben}\n" + end + "  b:\n    title: B\n    leads: {primary: ben, secondary: ann}\n" + end},
		{"LH08", "numbers are written in many ways, and an office has one", head + `contacts:
  ann: {name: Ann, phone: "+49 (0)30 1234-567", email: ann.o'neil+dr@mail.example.co.uk}
  ben: {name: Ben, phone: "+49 (0)30 1234-567"}
  cleo: {name: Cleo, phone: "112"}
  dan: {name: Dan, phone: "tel:+1.555.555.5551 x22"}
scenarios:
  a:
    title: A
` + end},
		{"LH09", "a service that the team runs itself, and support that is nobody's", head + "contacts: {ann: {}}\nscenarios:\n  a:\n    title: A\n    assumptions: [{text: PostgreSQL and Kubernetes are up.}, {text: Our Support is told. IT support too.}]\n" + end},
		{"LH12", "phone and email are two ways", head + "contacts: {ann: {}}\ncomponents: {mail: {aliases: [email]}}\nnotifications: {down: {when: declared, who: [ann], what: x, why: action, how: [phone, email]}}\nscenarios:\n  a:\n    title: A\n    component: mail\n" + end},
	} {
		from := runbook.Copy{Main: "quiet.yaml", Files: map[string][]byte{"quiet.yaml": []byte(tt.text)}}
		for _, f := range of(tt.code, Run(parse(t, from), from, Facts{})) {
			t.Errorf("%s: %s; it says %v", tt.code, tt.why, f.Error())
		}
	}
}
