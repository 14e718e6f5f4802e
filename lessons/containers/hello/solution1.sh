docker run busybox echo "Hello world"
