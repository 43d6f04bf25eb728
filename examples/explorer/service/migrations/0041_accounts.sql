CREATE INDEX CONCURRENTLY transactions_account ON transactions (account);
