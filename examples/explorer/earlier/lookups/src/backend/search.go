package main

import "database/sql"

func search(db *sql.DB, text string) (*sql.Rows, error) {
	return db.Query("SELECT hash, height FROM transactions WHERE account = '" + text + "'")
}
