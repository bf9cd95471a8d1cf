package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// asTool plays a tool when this program is called by a tool's name: the repository's hook, and what CodeBuild's images have and
// this machine may not have. Nothing has to be installed for the show.
func asTool(args []string) bool {
	var err error
	switch filepath.Base(args[0]) {
	case "post-receive":
		err = received(os.Stdin, os.Stdout)
	case "aws":
		err = awsCommand(context.Background(), args[1:], os.Stdout)
	case "zip":
		err = zipCommand(args[1:])
	default:
		if len(args) != 2 || args[1] != leftOut {
			return false
		}
		if err = sayLeftOut(); err == nil {
			os.Exit(1)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

const awsKnows = "aws lambda update-function-code --function-name <name> --zip-file fileb://<file> --publish --query Version --output text"

// awsCommand is the one call of the AWS CLI that the demo's buildspec makes.
func awsCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := map[string]string{"--query": "", "--output": "", "--function-name": "", "--zip-file": ""}
	if len(args) < 2 || args[0] != "lambda" || args[1] != "update-function-code" {
		return errors.New("the demo's aws knows only: " + awsKnows)
	}
	publish := false
	for rest := args[2:]; len(rest) > 0; {
		name := rest[0]
		_, known := flags[name]
		switch {
		case name == "--publish":
			publish, rest = true, rest[1:]
		case known && len(rest) > 1:
			flags[name], rest = rest[1], rest[2:]
		default:
			return fmt.Errorf("the demo's aws does not know %s; it knows only: %s", name, awsKnows)
		}
	}
	if !publish || flags["--query"] != "Version" || flags["--output"] != "text" {
		return errors.New("the demo's aws knows only: " + awsKnows)
	}
	code, err := os.ReadFile(strings.TrimPrefix(flags["--zip-file"], "fileb://"))
	if err != nil {
		return fmt.Errorf("reading the code: %w", err)
	}
	answer, err := lambda.NewFromConfig(fromEnvironment()).UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: aws.String(flags["--function-name"]), ZipFile: code, Publish: true})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, aws.ToString(answer.Version))
	return err
}

func fromEnvironment() aws.Config {
	keys := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
	return aws.Config{
		Region: os.Getenv("AWS_REGION"), BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL")),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
	}
}

// zipCommand is zip -q <archive> <file>...
func zipCommand(args []string) error {
	if len(args) < 3 || args[0] != "-q" {
		return errors.New("the demo's zip knows only: zip -q <archive> <file>...")
	}
	archive, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer archive.Close()
	z := zip.NewWriter(archive)
	for _, name := range args[2:] {
		if err := zipFile(z, name); err != nil {
			return err
		}
	}
	return z.Close()
}

func zipFile(z *zip.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, header.Method = name, zip.Deflate
	entry, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, file)
	return err
}
