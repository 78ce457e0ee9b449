"""One folder per Lambda function; each is thin: parse, one use case, shape."""
