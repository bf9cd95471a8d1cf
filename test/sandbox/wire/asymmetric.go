package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// asymmetric is the algorithm of signatures of version 4A, which hold in several Regions
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html#how-sigv4a-works).
const asymmetric = "AWS4-ECDSA-P256-SHA256"

// verifies says whether the holder of a secret made this signature of a text.
func (s signature) verifies(secret, text string) bool {
	value, err := hex.DecodeString(s.value)
	if err != nil {
		return false
	}
	digest := sha256.Sum256([]byte(text))
	return ecdsa.VerifyASN1(derived(s.key(), secret), digest[:], value)
}

// derived is the public key that belongs to an access key: the secret is the input of a key derivation in counter mode (NIST SP 800-108), and the first
// candidate that is small enough, plus one, is the private key (aws-sdk-go-v2, internal/v4a).
func derived(id, secret string) *ecdsa.PublicKey {
	curve := elliptic.P256()
	most := new(big.Int).Sub(curve.Params().N, big.NewInt(2))
	for counter := byte(1); ; counter++ {
		input := "\x00\x00\x00\x01" + asymmetric + "\x00" + id + string([]byte{counter}) + "\x00\x00\x01\x00" // 256 bits
		if c := new(big.Int).SetBytes(keyed([]byte("AWS4A"+secret), input)); c.Cmp(most) <= 0 {
			private, err := ecdsa.ParseRawPrivateKey(curve, c.Add(c, big.NewInt(1)).FillBytes(make([]byte, 32)))
			if err == nil {
				return &private.PublicKey
			}
		}
	}
}
