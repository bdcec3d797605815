package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/school/identity"
	"earshot/internal/testkit"
)

func TestNewPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"short": "password.short", "aaaaaaaaaaaaaaaaaaaa": "password.guessable", "riversideriverside": "password.guessable",
		"passwordpassword123": "password.guessable", "amara.okafor.amara.okafor": "password.guessable",
		"three plain words here": "", "correct horse battery staple": "", "žluťoučký kůň úpěl": "", strings.Repeat("long word ", 40): "password.long",
	} {
		got := ""
		if p := identity.CheckNewPassword(password, "Amara Okafor", "amara.okafor@example.org", "Riverside School"); p != nil {
			got = p.Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestStoredPasswordsTellNothing(t *testing.T) {
	ctx := context.Background()
	a, err := identity.HashPassword(ctx, "three plain words here")
	testkit.Must(t, err)
	b, err := identity.HashPassword(ctx, "three plain words here")
	testkit.Must(t, err)
	if a == b || strings.Contains(a, "plain") || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error("hashes are equal, plain or weak")
	}
}

func TestSessionsEnd(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	id := identity.NewStore(s.DB, s.Key)
	good := func(token string) bool { _, err := id.Session(ctx, token); return err == nil }
	start := func() string {
		token, err := id.StartSession(ctx, s.Head.Account, s.Head.School)
		testkit.Must(t, err)
		return token
	}
	out, idle, busy := start(), start(), start()
	testkit.Must(t, id.EndSession(ctx, out))
	if good(out) || good("made up") || !good(busy) {
		t.Error("a session that ended works, or one that did not does not")
	}
	for range 30 {
		s.Clock.Forward(25 * time.Minute)
		if !good(busy) {
			break
		}
	}
	if good(idle) || good(busy) {
		t.Error("an idle session, or one of twelve hours, still works")
	}
	killed := start()
	testkit.Must(t, id.Disable(ctx, s.Head.Account))
	if good(killed) {
		t.Error("a disabled account has a session")
	}
	testkit.Must(t, id.Enable(ctx, s.Head.Account))
	if good(killed) {
		t.Error("a session came back from the dead")
	}
	var tokens int64
	s.DB.Query(ctx).Table("sessions").Where("token_hash = ?", killed).Count(&tokens)
	if tokens != 0 {
		t.Error("a token is stored as it is")
	}
}

func TestCodesWorkOnceAndLookingSpendsNothing(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	id := identity.NewStore(s.DB, s.Key)
	code, err := id.MintCode(ctx, "invitation", s.School.SchoolID, "p", time.Hour)
	testkit.Must(t, err)
	for range 3 {
		if _, err := id.LookUp(ctx, "invitation", strings.ToUpper(code)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := id.LookUp(ctx, "setup", code); !fault.Is(err, fault.NotFound) {
		t.Error("a code of one kind opened another")
	}
	if _, err := id.Spend(ctx, "invitation", code); err != nil {
		t.Fatal(err)
	}
	if _, err := id.Spend(ctx, "invitation", code); !fault.Is(err, fault.NotFound) {
		t.Error("a code worked twice")
	}
	late, err := id.MintCode(ctx, "invitation", s.School.SchoolID, "p", time.Hour)
	testkit.Must(t, err)
	s.Clock.Forward(2 * time.Hour)
	if _, err := id.LookUp(ctx, "invitation", late); !fault.Is(err, fault.NotFound) {
		t.Error("a code is good for ever")
	}
}
