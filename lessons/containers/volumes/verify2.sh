docker run --rm -v /src/webapp:/webapp busybox cat /webapp/hello.txt 2>/dev/null | grep -q . || { echo "There is no hello.txt in /src/webapp."; exit 1; }
