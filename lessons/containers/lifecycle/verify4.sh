for name in clock polite flaky; do docker inspect $name >/dev/null 2>&1 && { echo "The container $name is still there."; exit 1; }; done
exit 0
