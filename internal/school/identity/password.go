package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"earshot/internal/base/fault"
)

// Argon2id parameters (OWASP's second set): 19 MiB, two passes, one lane. They are stored with each hash, so a later
// change reaches everyone at their next sign-in.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
)

// PasswordLeast is the least length of a password in characters. Length is what counts; nothing else is demanded.
const PasswordLeast = 15

// Two hashes at once are enough for a school and keep a flood of sign-ins from taking the machine. People on devices
// they have signed in on before have a lane of their own, and neither lane has a long queue.
var (
	hashing   = lane{make(chan struct{}, 1), make(chan struct{}, 40)}
	knownLane = lane{make(chan struct{}, 1), make(chan struct{}, 40)}
)

type lane struct{ work, queue chan struct{} }

func (l lane) derive(ctx context.Context, password string, salt []byte, memory, time uint32, threads uint8) ([]byte, error) {
	select {
	case l.queue <- struct{}{}:
		defer func() { <-l.queue }()
	default:
		return nil, fault.New(fault.Busy, "fault.busy")
	}
	select {
	case l.work <- struct{}{}:
		defer func() { <-l.work }()
	case <-ctx.Done():
		return nil, fault.New(fault.Busy, "fault.busy").Because(ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
}

// HashPassword makes the stored form of a password.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := knownLane.derive(ctx, password, salt, argonMemory, argonTime, argonThreads)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// checkPassword says whether password is the one stored, and whether the stored form uses older parameters. An empty
// stored form costs as much time as a wrong password, so that nobody learns by the clock which accounts exist.
func checkPassword(ctx context.Context, onKnown bool, stored, password string) (ok, old bool, err error) {
	var memory, time uint32
	var threads uint8
	salt, want := make([]byte, 16), make([]byte, argonKey)
	memory, time, threads = argonMemory, argonTime, argonThreads
	parts := strings.Split(stored, "$")
	real := len(parts) == 6
	if real {
		if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
			return false, false, err
		}
		if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
			return false, false, err
		}
		if want, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
			return false, false, err
		}
	}
	l := hashing
	if onKnown {
		l = knownLane
	}
	got, err := l.derive(ctx, password, salt, memory, time, threads)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1 && real
	return ok, memory != argonMemory || time != argonTime || threads != argonThreads, nil
}

// CheckNewPassword says what is wrong with a password somebody wants to use: too short, or made of what anyone would
// try first (their own name or address, the school's or the product's name, one short piece again and again).
func CheckNewPassword(password string, about ...string) *fault.Problem {
	n := utf8.RuneCountInString(password)
	switch {
	case n < PasswordLeast:
		return &fault.Problem{Key: "password.short", Values: fault.Values{"Least": PasswordLeast}}
	case n > 256:
		return &fault.Problem{Key: "password.long"}
	}
	folded := strings.ToLower(password)
	rest := folded
	for _, word := range append(about, "earshot", "password", "qwertyuiop", "1234567890", "abcdefghij", "letmein", "school") {
		for _, piece := range strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune(" @.-_'", r) }) {
			if len(piece) >= 3 {
				rest = strings.ReplaceAll(rest, piece, "")
			}
		}
	}
	distinct := map[rune]bool{}
	for _, r := range rest {
		distinct[r] = true
	}
	if len(distinct) < 5 {
		return &fault.Problem{Key: "password.guessable"}
	}
	return nil
}
