package safeguard

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
)

const (
	threadUse   = "thread"
	threadsMost = 5   // of one concern
	linesMost   = 200 // of one thread, to and fro
)

// opened is what the digits of a receipt give: the name under which their thread is listed, and the box that its replies are
// sealed to.
func (s Store) opened(ctx context.Context, digits string, made bool) (listed string, box seal.Box, err error) {
	salt, err := hex.DecodeString(s.key.Hash("receipt"))
	if err != nil {
		return "", box, err
	}
	secret, err := identity.Stretch(ctx, digits, salt, made)
	if err != nil {
		return "", box, err
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("listed"))
	box, err = seal.BoxOf(secret, threadUse)
	return hex.EncodeToString(m.Sum(nil)), box, err
}

// WayBack makes a receipt for a concern. It is returned this once and is nowhere else. It is empty where the concern has as
// many as it may have.
func (s Store) WayBack(ctx context.Context, school, concern string) (digits string, err error) {
	digits = NewReceipt()
	listed, box, err := s.opened(ctx, digits, true)
	if err != nil {
		return "", err
	}
	t := Thread{SchoolID: school, ID: storage.NewID(), ConcernID: concern, Public: box.Public()}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		var n int64
		if err := tx.Write(ctx).Model(&Thread{}).Where("school_id = ? AND concern_id = ?", school, concern).Count(&n).Error; err != nil {
			return err
		}
		if n >= threadsMost {
			digits = ""
			return nil
		}
		if err := tx.Write(ctx).Create(&t).Error; err != nil {
			return err
		}
		return identity.NewStore(tx, s.key).ListThread(ctx, listed, school, t.ID)
	})
	return digits, err
}

// thread finds what a receipt opens. Faults: NotFound talk.no_receipt, for digits that are wrong and for those that nobody has.
func (s Store) thread(ctx context.Context, typed string) (t Thread, box seal.Box, err error) {
	digits, ok := CleanReceipt(typed)
	if !ok {
		return t, box, fault.New(fault.NotFound, "talk.no_receipt")
	}
	listed, box, err := s.opened(ctx, digits, false)
	if err != nil {
		return t, box, err
	}
	d, err := identity.NewStore(s.db, s.key).LookUp(ctx, identity.ThreadKind, listed)
	if fault.Is(err, fault.NotFound) {
		return t, box, fault.New(fault.NotFound, "talk.no_receipt")
	} else if err != nil {
		return t, box, err
	}
	err = s.db.Query(ctx).Where("school_id = ? AND id = ?", d.SchoolID, d.Target).Take(&t).Error
	return t, box, storage.Fault(err, "talk.no_receipt")
}

// Back opens a thread with its receipt.
func (s Store) Back(ctx context.Context, typed string) (b Back, err error) {
	t, box, err := s.thread(ctx, typed)
	if err != nil {
		return b, err
	}
	return s.back(ctx, t, box)
}

func (s Store) back(ctx context.Context, t Thread, box seal.Box) (b Back, err error) {
	var c Concern
	if err := s.db.Query(ctx).Where("school_id = ? AND id = ?", t.SchoolID, t.ConcernID).Take(&c).Error; err != nil {
		return b, storage.Fault(err, "talk.no_receipt")
	}
	said, err := s.unlock(c)
	if err != nil {
		return b, err
	}
	b = Back{SchoolID: t.SchoolID, State: c.State}
	for _, l := range said.Talk {
		if l.By == "" {
			b.Since++
		}
	}
	var rows []ThreadReply
	if err := s.db.Query(ctx).Where("school_id = ? AND thread_id = ?", t.SchoolID, t.ID).Order("place").Find(&rows).Error; err != nil {
		return b, err
	}
	for _, row := range rows {
		sealed, err := base64.StdEncoding.DecodeString(row.Body)
		if err != nil {
			return b, fmt.Errorf("thread: %w", err)
		}
		plain, err := box.Open(sealed)
		if err != nil {
			return b, fmt.Errorf("thread: %w", err)
		}
		var r Reply
		if err := json.Unmarshal(plain, &r); err != nil {
			return b, err
		}
		b.Replies = append(b.Replies, r)
	}
	return b, nil
}

// Write adds a message of whoever holds the receipt. Those who read the first are alerted as they were then, also where it
// had been dealt with; whoever a later message is about, and has not answered, reads no more of it. id was made with the page: the same message again is the same. Faults: NotFound talk.no_receipt;
// Invalid talk.empty, talk.long, talk.full.
func (s Store) Write(ctx context.Context, typed, id, text string, adults func(ctx context.Context, tx *storage.DB, school string) (Adults, error)) (b Back, err error) {
	t, box, err := s.thread(ctx, typed)
	if err != nil {
		return b, err
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return b, fault.Field("words", "talk.empty")
	case utf8.RuneCountInString(text) > maxWords:
		return b, fault.Field("words", "talk.long")
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		var c Concern
		err := tx.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", t.SchoolID, t.ConcernID).Take(&c).Error
		if err != nil {
			return storage.Fault(err, "talk.no_receipt")
		}
		said, err := st.unlock(c)
		if err != nil {
			return err
		}
		if id != "" && slices.ContainsFunc(said.Talk, func(l Line) bool { return l.By == "" && l.ID == id && l.Text == text }) {
			return nil
		}
		if len(said.Talk) >= linesMost {
			return fault.Field("words", "talk.full")
		}
		now := tx.Now()
		said.Talk = append(said.Talk, Line{ID: id, On: st.today(), Text: text})
		who, err := adults(ctx, tx, t.SchoolID)
		if err != nil {
			return err
		}
		var answered []string
		all := said.Words
		for _, l := range said.Talk {
			if l.By != "" {
				answered = append(answered, l.By)
			} else {
				all += "\n" + l.Text
			}
		}
		if c.GoesTo != Chair {
			c.GoesTo = who.without(answered).away(c.GoesTo, all)
		}
		if c.State != New {
			c.State, c.Alerts, c.AlertAt, c.HandledOn = New, 0, &now, ""
		}
		if c.ArrivedAt == nil {
			c.ArrivedAt = &now
		}
		if err := st.lock(&c, said); err != nil {
			return err
		}
		return tx.Write(ctx).Save(&c).Error
	})
	if err != nil {
		return b, err
	}
	return s.back(ctx, t, box)
}

// HasWayBack says whether what an adult answers to a concern can reach anybody.
func (s Store) HasWayBack(ctx context.Context, who access.Actor, concern string) (bool, error) {
	var n int64
	err := s.db.Query(ctx).Model(&Thread{}).Where("school_id = ? AND concern_id = ?", who.School, concern).Count(&n).Error
	return n > 0, err
}

// Answer leaves an adult's words for whoever wrote. They are sealed to the receipt; a copy stands beside the concern, for
// the adults who read it. Faults: Invalid concern.answer, talk.long, talk.full; Conflict concern.no_way_back.
func (s Store) Answer(ctx context.Context, who access.Actor, id, text string) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return fault.Field("answer", "concern.answer")
	case utf8.RuneCountInString(text) > maxWords:
		return fault.Field("answer", "talk.long")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		c, err := st.find(ctx, who, id)
		if err != nil {
			return err
		}
		said, err := st.unlock(c)
		if err != nil {
			return err
		}
		var threads []Thread
		if err := tx.Write(ctx).Where("school_id = ? AND concern_id = ?", who.School, id).Find(&threads).Error; err != nil {
			return err
		}
		switch {
		case len(threads) == 0:
			return fault.New(fault.Conflict, "concern.no_way_back")
		case len(said.Talk) >= linesMost:
			return fault.Field("answer", "talk.full")
		}
		place := 1
		for _, l := range said.Talk {
			if l.By != "" {
				place++
			}
		}
		r := Reply{By: who.Name, On: st.today(), Text: text}
		plain, err := json.Marshal(r)
		if err != nil {
			return err
		}
		for _, t := range threads {
			sealed, err := seal.SealTo(t.Public, threadUse, plain)
			if err != nil {
				return err
			}
			row := ThreadReply{SchoolID: t.SchoolID, ThreadID: t.ID, Place: place, Body: base64.StdEncoding.EncodeToString(sealed)}
			if err := tx.Write(ctx).Create(&row).Error; err != nil {
				return err
			}
		}
		said.Talk = append(said.Talk, Line{By: r.By, On: r.On, Text: r.Text})
		if err := st.lock(&c, said); err != nil {
			return err
		}
		if c.State == New {
			c.State, c.AlertAt = Read, nil
		}
		return tx.Write(ctx).Save(&c).Error
	})
}

// endThreads ends the ways back of a concern: from then on its receipts are like any digits.
func (s Store) endThreads(ctx context.Context, c Concern) error {
	var ids []string
	if err := s.db.Write(ctx).Model(&Thread{}).Where("school_id = ? AND concern_id = ?", c.SchoolID, c.ID).Pluck("id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if err := identity.NewStore(s.db, s.key).DropCodes(ctx, identity.ThreadKind, id); err != nil {
			return err
		}
		if err := s.db.Write(ctx).Where("school_id = ? AND thread_id = ?", c.SchoolID, id).Delete(&ThreadReply{}).Error; err != nil {
			return err
		}
	}
	return s.db.Write(ctx).Where("school_id = ? AND concern_id = ?", c.SchoolID, c.ID).Delete(&Thread{}).Error
}
