# Lowers the rate limit of lookups again: sh ops/lower-request-limit.sh
aws ssm put-parameter --overwrite --name /explorer/requests-per-second --value 40
