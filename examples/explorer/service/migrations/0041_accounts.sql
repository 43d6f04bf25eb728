-- +goose Up
CREATE INDEX CONCURRENTLY transactions_account ON transactions (account);
-- +goose Down
DROP INDEX CONCURRENTLY transactions_account;
