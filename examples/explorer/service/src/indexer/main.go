// Command indexer follows the chain's head and writes what lookups read.
package main

import "context"

func main() {
	ctx := context.Background()
	for block := range follow(ctx) {
		if parent(block) != last() {
			rewind(ctx, block)
		}
		store(ctx, block)
	}
}
