// Package stage tells where a team stands on the way through stage 1.
package stage
