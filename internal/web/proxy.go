package web

import (
	"net"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
)

// ipExtractor believes X-Forwarded-For only from the proxies named, since anybody can send that header.
func ipExtractor(trusted []string) (echo.IPExtractor, error) {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, named := range trusted {
		t := named
		if !strings.Contains(t, "/") {
			if strings.Contains(t, ":") {
				t += "/128"
			} else {
				t += "/32"
			}
		}
		_, network, err := net.ParseCIDR(t)
		if err != nil {
			return nil, fault.New(fault.Invalid, "serve.proxy", fault.Values{"Value": named})
		}
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}

func urlQuery(s string) string { return url.QueryEscape(s) }
