package main

import "net/http"

func status(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"chain": "mainnet", "height": head(), "synced": synced()})
}

func health(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"status": "up", "dependencies": dependencies()})
}
