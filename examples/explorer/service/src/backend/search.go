package main

import (
	"database/sql"
	"errors"
	"regexp"
)

var address = regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`)

func search(db *sql.DB, text string) (*sql.Rows, error) {
	if !address.MatchString(text) {
		return nil, errors.New("not an address")
	}
	return db.Query("SELECT hash, height FROM transactions WHERE account = $1", text)
}
