package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// deepest is how far down a trace is followed.
const deepest = 512

func block(w http.ResponseWriter, r *http.Request) {
	height, err := strconv.ParseUint(strings.TrimPrefix(r.URL.Path, "/api/v1/blocks/"), 10, 64)
	if err != nil {
		http.Error(w, "a block is named by its height", http.StatusBadRequest)
		return
	}
	answer(w, lookup(height, deepest))
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
