// Command backend answers lookups of blocks, addresses and transactions.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/status", status)
	mux.HandleFunc("/api/v1/blocks/", block)
	mux.HandleFunc("/health", health)
	log.Fatal(http.ListenAndServe(os.Getenv("EXPLORER_LISTEN"), mux))
}
