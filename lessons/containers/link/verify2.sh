rows=$(docker exec redmine-db psql -U postgres -Atc 'SELECT count(*) FROM course' 2>/dev/null)
[ -n "$rows" ] || { echo "There is no table named course."; exit 1; }
[ "$rows" -gt 0 ] || { echo "The table course has no row."; exit 1; }
