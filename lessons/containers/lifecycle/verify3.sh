[ "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' clock 2>/dev/null)" = "exited 137" ] || { echo "The container clock has not been killed."; exit 1; }
[ "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' polite 2>/dev/null)" = "exited 0" ] || { echo "The container polite has not ended by itself yet (exit code 0)."; exit 1; }
