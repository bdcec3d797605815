// Package identity knows who somebody is: accounts, passwords, invitations and sessions.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/mail"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
)

// Account is somebody who can sign in. One person may serve several schools with one account.
type Account struct {
	ID             string `gorm:"primaryKey"`
	Email          string
	Name           string
	Password       string
	CreatedAt      time.Time
	DisabledAt     *time.Time
	Failures       int
	FailedAt       *time.Time
	DeviceFailures int
	DeviceFailedAt *time.Time
}

// Session is one sign-in on one device, in one school.
type Session struct {
	TokenHash string `gorm:"primaryKey"`
	AccountID string
	SchoolID  string
	StartedAt time.Time
	SeenAt    time.Time
	EndsAt    time.Time
	Flash     string
}

// Directory finds what a code stands for, by its keyed hash alone.
type Directory struct {
	Hash      string `gorm:"primaryKey"`
	Kind      string // setup, invitation, round
	SchoolID  string
	Target    string
	ExpiresAt *time.Time
}

// TableName is the table the entries live in.
func (Directory) TableName() string { return "directory" }

const (
	sessionIdle = 45 * time.Minute
	sessionMost = 12 * time.Hour
)

// Store keeps accounts, sessions and codes.
type Store struct {
	db  *storage.DB
	key seal.Key
}

// NewStore works on db with the key of the school's codes.
func NewStore(db *storage.DB, key seal.Key) Store { return Store{db, key} }

// FoldEmail brings an address into the form it is stored in; ok is false when it is none.
func FoldEmail(typed string) (email string, ok bool) {
	a, err := mail.ParseAddress(strings.TrimSpace(typed))
	if err != nil || a.Name != "" || len(a.Address) > 200 {
		return "", false
	}
	return strings.ToLower(a.Address), true
}

// EnsureAccount returns the account of an address, making one without a password if there is none.
func (s Store) EnsureAccount(ctx context.Context, email, name string) (Account, error) {
	a := Account{ID: storage.NewID(), Email: email, Name: name, CreatedAt: s.db.Now()}
	err := s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&a).Error
	if err != nil {
		return Account{}, err
	}
	// Read it back where it was written: another account may hold the address already.
	var kept Account
	err = s.db.Write(ctx).Where("email = ?", email).Take(&kept).Error
	return kept, err
}

// ByEmail finds the account that signs in with an address; NotFound without one.
func (s Store) ByEmail(ctx context.Context, typed string) (Account, error) {
	var a Account
	email, ok := FoldEmail(typed)
	if !ok {
		return a, fault.New(fault.NotFound, "fault.not_found")
	}
	err := s.db.Query(ctx).Where("email = ?", email).Take(&a).Error
	return a, storage.Fault(err, "fault.not_found")
}

// Account finds an account by its id.
func (s Store) Account(ctx context.Context, id string) (Account, error) {
	var a Account
	err := s.db.Query(ctx).Where("id = ?", id).Take(&a).Error
	return a, storage.Fault(err, "fault.not_found")
}

// Accounts finds accounts by their ids; those that are not there are left out.
func (s Store) Accounts(ctx context.Context, ids []string) (map[string]Account, error) {
	var list []Account
	if len(ids) > 0 {
		if err := s.db.Query(ctx).Where("id IN ?", storage.Padded(ids)).Find(&list).Error; err != nil {
			return nil, err
		}
	}
	found := map[string]Account{}
	for _, a := range list {
		found[a.ID] = a
	}
	return found, nil
}

// ChangeEmail gives an account another address to sign in with; email is folded. Call it inside the transaction that
// changes the address elsewhere. A taken address is Invalid on the field email.
func ChangeEmail(ctx context.Context, tx *storage.DB, account, email string) error {
	var n int64
	if err := tx.Query(ctx).Model(&Account{}).Where("email = ? AND id <> ?", email, account).Count(&n).Error; err != nil {
		return err
	}
	if n > 0 {
		return fault.Field("email", "email.taken")
	}
	err := tx.Write(ctx).Model(&Account{}).Where("id = ?", account).Update("email", email).Error
	return storage.Fault(err, "fault.not_found")
}

// SetPassword gives an account its password, ends its other sessions and forgets its failures.
func (s Store) SetPassword(ctx context.Context, account, password string) error {
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Where("account_id = ?", account).Delete(&Session{}).Error; err != nil {
			return err
		}
		return tx.Write(ctx).Model(&Account{}).Where("id = ?", account).Updates(map[string]any{
			"password": hash, "failures": 0, "failed_at": nil, "device_failures": 0, "device_failed_at": nil}).Error
	})
}

// Disable ends an account and its sessions at once; Enable brings it back.
func (s Store) Disable(ctx context.Context, account string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Where("account_id = ?", account).Delete(&Session{}).Error; err != nil {
			return err
		}
		return tx.Write(ctx).Model(&Account{}).Where("id = ?", account).Update("disabled_at", tx.Now()).Error
	})
}

// Enable lets a disabled account sign in again.
func (s Store) Enable(ctx context.Context, account string) error {
	return s.db.Write(ctx).Model(&Account{}).Where("id = ?", account).Update("disabled_at", nil).Error
}

// freeTries wrong passwords cost nothing; each further one doubles the wait, up to longestWait.
const (
	freeTries   = 5
	longestWait = 8 * time.Second
)

func wait(failures int, failed *time.Time, now time.Time) time.Duration {
	if failures < freeTries || failed == nil {
		return 0
	}
	d := min(longestWait, time.Second<<min(failures-freeTries, 10))
	return max(0, d-now.Sub(*failed))
}

// SignIn checks an address and a password. device is what Device returned to this browser when the same person signed
// in on it before. Wrong passwords slow down further tries for that account: on devices the account has never used
// apart from its own devices, so that a pupil who hammers on a teacher's address does not slow the teacher; and
// never by network address, since a whole school shares one. A wait is never a lock: the right password always works
// after it. Faults: Invalid sign_in.wrong, Busy sign_in.wait with Seconds.
func (s Store) SignIn(ctx context.Context, typed, password, device string) (Account, error) {
	email, ok := FoldEmail(typed)
	var a Account
	if ok {
		err := s.db.Write(ctx).Where("email = ?", email).Take(&a).Error
		if err != nil && !isNotFound(err) {
			return Account{}, err
		}
	}
	known := a.ID != "" && seal.Same(device, s.Device(a.ID))
	failures, failed := a.Failures, a.FailedAt
	if known {
		failures, failed = a.DeviceFailures, a.DeviceFailedAt
	}
	if a.ID == "" {
		failures, failed = strangers.seen(email)
	}
	d := wait(failures, failed, s.db.Now())
	if d <= 0 {
		// The try is counted before the password is looked at: of many tries that come at once, one gets through.
		claimed, err := s.claim(ctx, a.ID, email, known, failures)
		if err != nil {
			return Account{}, err
		}
		if !claimed {
			d = time.Second
		}
	}
	if d > 0 {
		return Account{}, fault.New(fault.Busy, "sign_in.wait", fault.Values{"Count": int(d/time.Second) + 1})
	}
	right, old, err := checkPassword(ctx, known, a.Password, password)
	if err != nil {
		return Account{}, err
	}
	if !right || a.DisabledAt != nil {
		return Account{}, fault.New(fault.Invalid, "sign_in.wrong")
	}
	changes := map[string]any{"failures": 0, "failed_at": nil, "device_failures": 0, "device_failed_at": nil}
	if old {
		if changes["password"], err = HashPassword(ctx, password); err != nil {
			return Account{}, err
		}
	}
	return a, s.db.Write(ctx).Model(&Account{}).Where("id = ?", a.ID).Updates(changes).Error
}

// claim counts a try as failed, unless another try for the same account got in between. Success takes it back.
func (s Store) claim(ctx context.Context, account, email string, known bool, failures int) (bool, error) {
	if account == "" {
		strangers.fail(email, s.db.Now())
		return true, nil
	}
	count, at := "failures", "failed_at"
	if known {
		count, at = "device_failures", "device_failed_at"
	}
	res := s.db.Write(ctx).Model(&Account{}).Where("id = ? AND "+count+" = ?", account, failures).
		Updates(map[string]any{count: failures + 1, at: s.db.Now()})
	return res.RowsAffected == 1, res.Error
}

// strangers counts wrong tries for addresses that nobody has, so that they answer like any other.
var strangers = unknown{tries: map[string]try{}}

type unknown struct {
	mu    sync.Mutex
	tries map[string]try
}

type try struct {
	failures int
	at       time.Time
}

func (u *unknown) seen(email string) (int, *time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t := u.tries[email]
	return t.failures, &t.at
}

func (u *unknown) fail(email string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.tries) > 5000 { // a flood of invented addresses must not fill the memory
		clear(u.tries)
	}
	u.tries[email] = try{u.tries[email].failures + 1, now}
}

// Device is what a browser keeps to show that this account has signed in on it. It opens nothing.
func (s Store) Device(account string) string { return s.key.Hash("device", account) }

// StartSession opens a session and returns its token, which is stored only as a hash.
func (s Store) StartSession(ctx context.Context, account, school string) (string, error) {
	b := make([]byte, 32)
	rand.Read(b)
	token := base64.RawURLEncoding.EncodeToString(b)
	now := s.db.Now()
	err := s.db.Write(ctx).Create(&Session{TokenHash: hashToken(token), AccountID: account, SchoolID: school,
		StartedAt: now, SeenAt: now, EndsAt: now.Add(sessionMost)}).Error
	return token, err
}

// Session finds a session that is still good by its token: not idle too long, not too old, of an enabled account.
func (s Store) Session(ctx context.Context, token string) (Session, error) {
	var sess Session
	now := s.db.Now()
	err := s.db.Query(ctx).
		Joins("JOIN accounts ON accounts.id = sessions.account_id AND accounts.disabled_at IS NULL").
		Where("token_hash = ? AND ends_at > ? AND seen_at > ?", hashToken(token), now, now.Add(-sessionIdle)).
		Take(&sess).Error
	if err != nil {
		return Session{}, storage.Fault(err, "fault.signed_out")
	}
	// A write a page would be a price for nothing: a minute is fine enough for an idle clock of three quarters of an hour.
	if now.Sub(sess.SeenAt) > time.Minute {
		err = s.db.Write(ctx).Model(&Session{}).Where("token_hash = ?", sess.TokenHash).Update("seen_at", now).Error
	}
	return sess, err
}

// SetFlash leaves a sentence for the next page of this session; an empty one clears it.
func (s Store) SetFlash(ctx context.Context, sess Session, text string) error {
	return s.db.Write(ctx).Model(&Session{}).Where("token_hash = ?", sess.TokenHash).Update("flash", text).Error
}

// EndSession signs out one device.
func (s Store) EndSession(ctx context.Context, token string) error {
	return s.db.Write(ctx).Where("token_hash = ?", hashToken(token)).Delete(&Session{}).Error
}

// PurgeSessions deletes what has run out.
func (s Store) PurgeSessions(ctx context.Context) error {
	now := s.db.Now()
	if err := s.db.Write(ctx).Where("ends_at < ? OR seen_at < ?", now, now.Add(-sessionIdle)).Delete(&Session{}).Error; err != nil {
		return err
	}
	return s.db.Write(ctx).Where("expires_at < ?", now).Delete(&Directory{}).Error
}

// MintCode makes a single-use code for a target and stores its hash; the code itself is returned once.
func (s Store) MintCode(ctx context.Context, kind, school, target string, good time.Duration) (string, error) {
	code := strings.ToLower(seal.NewCode(24))
	ends := s.db.Now().Add(good)
	err := s.db.Write(ctx).Create(&Directory{Hash: s.hashOf(kind, code), Kind: kind, SchoolID: school, Target: target, ExpiresAt: &ends}).Error
	return code, err
}

// LookUp finds what a code stands for without using it up: opening a link must never spend it.
func (s Store) LookUp(ctx context.Context, kind, code string) (Directory, error) {
	var d Directory
	err := s.db.Query(ctx).Where("hash = ? AND kind = ? AND (expires_at IS NULL OR expires_at > ?)",
		s.hashOf(kind, code), kind, s.db.Now()).Take(&d).Error
	return d, storage.Fault(err, "code.gone")
}

// Spend uses a code up; a code that is gone is NotFound.
func (s Store) Spend(ctx context.Context, kind, code string) (Directory, error) {
	d, err := s.LookUp(ctx, kind, code)
	if err != nil {
		return d, err
	}
	res := s.db.Write(ctx).Where("hash = ?", d.Hash).Delete(&Directory{})
	if res.Error == nil && res.RowsAffected == 0 {
		return d, fault.New(fault.NotFound, "code.gone")
	}
	return d, res.Error
}

// DropCodes deletes the codes of a kind for a target, so that only the newest works.
func (s Store) DropCodes(ctx context.Context, kind, target string) error {
	return s.db.Write(ctx).Where("kind = ? AND target = ?", kind, target).Delete(&Directory{}).Error
}

// ListRound makes a round findable by the public code in its address.
func (s Store) ListRound(ctx context.Context, code, school, round string) error {
	return s.db.Write(ctx).Create(&Directory{Hash: s.hashOf("round", code), Kind: "round", SchoolID: school, Target: round}).Error
}

func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

func isNotFound(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }
