[ "$(cat ~/answer 2>/dev/null)" = s3cret ] || { echo "The file answer does not hold the password."; exit 1; }
