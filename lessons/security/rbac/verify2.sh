[ -s answer ] || { echo "There is no file answer yet. The refusal names the user."; exit 1; }
[ "$(tr -d '" \n' < answer)" = system:serviceaccount:shop:reader ] || { echo "That is not its name: it begins with system:"; exit 1; }
