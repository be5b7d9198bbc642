// Bythebook takes a team through a failover exercise strictly by its playbook.
package main

import (
	"os"

	"bythebook/ui/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
