package rehearsal

import (
	"net/http"
	"time"
)

// FarClient is what a device uses whose server is far away.
func FarClient(rtt time.Duration) *http.Client { return newClient(1, far(rtt)) }
