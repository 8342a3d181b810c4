"""How the miniature can be made wrong: each fault with the requirement that is meant to catch it, and what is wrong."""

from __future__ import annotations

FAULTS = {
    # requests
    "raw-plus": ("requests.plus", "a plus sign is left as it is, so that it is read as a space"),
    "drops-empty": ("requests.empty-value", "empty values are left out"),
    "swaps-times": ("requests.times-as-given", "start and end change places"),
    "trims": ("requests.space", "values are stripped"),
    "latin-1": ("requests.non-ascii", "text is sent as Latin-1"),
    "encodes-twice": ("requests.percent", "values are escaped twice"),
    "truncates": ("requests.long-value", "values end after 1000 characters"),
    "normalises": ("requests.combining", "text is normalised to composed letters"),
    "adds-page-size": ("requests.absent-stays-absent", "a page size is made up where none was given"),
    "adds-unknown": ("requests.nothing-unknown-added", "a parameter that nobody knows travels along"),
    "region-of-client": ("requests.region-of-the-parameter", "the client's region wins over the parameter"),
    "sorts-ids": ("requests.repeated-ids", "ids are sorted and each is sent once"),
    "hundred-ids": ("requests.more-ids-than-allowed", "ids beyond the hundredth are dropped"),
    "remembers": ("requests.calls-are-independent", "parameters of one call stay for the next"),
    "clamps": ("requests.number-beyond-the-limits", "numbers are clamped to the documented limits"),
    "old-version": ("requests.action-and-version", "another API version is named"),
    # more of requests
    "drops-zero": ("requests.number-beyond-the-limits", "a number that is zero is taken for none"),
    # signing
    "bad-signature": ("signing.valid", "the signature covers another text"),
    "same-nonce": ("signing.fresh-nonce", "one nonce serves for the whole life of the client"),
    "local-time": ("signing.timestamp-window", "the timestamp is an hour ahead, yet marked as UTC"),
    "token-lost": ("signing.security-token", "the security token is not sent"),
    "token-unsigned": ("signing.security-token", "the security token is not covered by the signature"),
    "sends-secret": ("signing.secret-stays-home", "the secret travels in a header"),
    # responses
    "loses-last": ("responses.no-silent-loss", "the last item of every list is lost"),
    "object-form-only": ("responses.list-form-loses-nothing", "a list in the other form is read as empty"),
    "reads-no-list": ("responses.list-form", "a list in either form is an error"),
    "no-result": ("responses.unread-answer", "a list in the other form leaves the caller without any result"),
    "forgets-a-field": ("responses.each-field", "one documented member is not known"),
    "strict-members": ("responses.unknown-member", "an unknown member is an error"),
    "numbers-as-text": ("responses.types", "numbers reach the caller as text"),
    "wraps-numbers": ("responses.number-not-altered", "numbers wrap at 2^31"),
    "ascii-only": ("responses.unicode", "characters outside ASCII become question marks"),
    "trims-answers": ("responses.space", "texts of an answer are stripped"),
    "null-text-is-none": ("responses.words-of-other-types", "the text null of an answer is taken for nothing"),
    "guesses-types": ("responses.words-of-other-types", "texts of an answer that look like numbers become numbers"),
    "no-gzip": ("responses.gzip", "gzip is asked for and not decoded"),
    "total-of-page": ("paging.total-is-not-the-page", "the total is the number of items on the page"),
    "reverses": ("responses.item-order", "items are reversed"),
    "one-item": ("responses.one-item", "a list of one is not returned as such but dropped"),
    # errors
    "empty-success-on-503": ("errors.server-error", "status 503 is an empty success"),
    "ignores-status": ("errors.body-without-code", "only a Code makes an error, whatever the status"),
    "code-lost": ("errors.code", "the code of an error is replaced by the SDK's own"),
    "request-id-lost": ("errors.request-id", "the request id of an error is dropped"),
    "crashes-on-html": ("errors.no-crash", "an error that is no JSON breaks the error path"),
    "accepts-short": ("errors.short-transfer", "a body that ends early is taken for an empty listing"),
    # behaviour
    "retry-same-nonce": ("behaviour.retry-is-signed-anew", "a retry repeats the request byte by byte"),
    "retry-refused": ("behaviour.refusal-is-not-repeated", "a refused request is sent again"),
    "no-timeout": ("behaviour.read-timeout", "the timeout is not passed on"),
    "follows-with-credentials": (
        "behaviour.redirect-keeps-credentials",
        "redirects are followed with all headers",
    ),
    "secret-in-exception": (
        "behaviour.secret-not-in-exceptions",
        "exceptions print the settings with the secret",
    ),
    "secret-in-log": ("behaviour.secret-not-in-logs", "the key to sign with is logged"),
    "keeps-answers": ("behaviour.unasked-answer", "what was asked before is answered from memory"),
    "loses-duplicates": ("responses.many-items", "of items with the same action one is kept"),
    "stuck-page": ("paging.walk", "the first page is asked for again and again"),
    # what only odd conditions show
    "null-as-none": ("requests.null-value", "null is written as the language prints it"),
    "prints-bytes": ("requests.bytes-for-text", "bytes are written as the language prints them"),
    "uses-up-parameters": (
        "requests.given-objects-stay",
        "a parameter is taken out of the object that the caller gave",
    ),
    "prints-lists": ("requests.list-for-text", "a list is written as the language prints it"),
    "clock-nonces": ("signing.nonce-is-not-guessable", "a nonce is the time and the host"),
    "counting-nonces": ("signing.nonce-is-not-guessable", "nonces are counted"),
    "nonces-of-the-second": ("signing.nonces-of-threads", "nonces are drawn from a generator sown with the second"),
    "forked-nonces": ("signing.nonces-of-processes", "a forked process goes on with its parent's generator"),
    "local-clock": ("signing.other-time-zone", "the timestamp is in the local time zone, yet marked as UTC"),
    "local-date": ("signing.other-time-zone", "a Date header is in the local time zone, yet marked as GMT"),
    "speaks-german": ("signing.other-locale", "a Date header is in the language of the machine"),
    "buddhist-year": ("signing.other-locale", "the timestamp is of the calendar of the machine"),
    "unread-coding-is-empty": ("responses.unasked-coding", "a coding that it does not know is an empty result"),
    "drops-odd-items": ("responses.not-utf-8", "items with a byte that is no text are dropped"),
    "drops-items-with-lists": ("responses.list-for-text", "items with a member of another type are dropped"),
    "cuts-slow-bodies": ("responses.body-slower-than-the-timeout", "what came in time is taken for the whole"),
    "status-lost": ("errors.http-status", "the status of an error is dropped"),
    "status-of-pages-lost": ("errors.http-status-of-any-body", "the status is dropped where the body is no error"),
    "throttled-403-lost": ("errors.throttling-403", "with status 403 the code is the SDK's own"),
    "retry-after-hides-code": ("errors.throttling-retry-after", "with a Retry-After the code is the SDK's own"),
    "one-media-type": ("errors.other-media-type", "an error is read under one media type only"),
    "problem-is-success": ("errors.other-format-media-type", "an unknown media type is an empty success"),
    "undecoded-is-empty": ("errors.other-charset", "an error that is no UTF-8 is an empty success"),
    "strict-utf-8": ("errors.code-in-other-charset", "of an error that is no UTF-8 nothing is read"),
    "odd-error-is-success": ("errors.list-for-text", "an error with a list for a text is an empty success"),
    "unread-coding-of-error": ("errors.unasked-coding", "an error in an unknown coding is an empty success"),
    "token-hides-code": ("errors.with-a-token", "with a token the code of an error is the SDK's own"),
    "token-hides-failure": ("errors.with-a-token-and-no-answer", "with a token a broken transfer is an empty success"),
    "unparsed-as-text": ("responses.unparsed-body", "a body is decoded and encoded before it is handed over unparsed"),
    "unparsed-without-layout": ("responses.unparsed-body", "a body that is handed over unparsed loses its line ends"),
    "unparsed-accepts-short": ("errors.short-transfer-unparsed", "unparsed, what came is taken for the whole"),
    "accepts-short-whole": (
        "errors.short-transfer-of-a-whole-document",
        "the announced length is not held against what came",
    ),
    "reads-to-the-end": ("errors.long-transfer", "the announced length is not heeded"),
    "throttled-for-ever": ("behaviour.throttled-attempts-end", "a throttled request is sent again and again"),
    "in-haste": ("behaviour.retry-after", "Retry-After is not heeded"),
    "follows-without-token": (
        "behaviour.redirect-keeps-the-signature",
        "without a token redirects are followed with all headers",
    ),
    "believes-anybody": ("behaviour.redirect-to-a-result", "the result is another host's, which a redirect named"),
    "same-host-is-empty": ("behaviour.redirect-on-the-same-host", "a redirect to the same host is an empty success"),
    "circle-is-empty": ("behaviour.redirects-end", "after five redirects the result is empty"),
    "mixes-answers": ("behaviour.parallel-answers", "of calls made at once some get an empty result"),
    "many-connections": ("behaviour.parallel-connections", "each call opens a connection"),
    "takes-what-follows": ("behaviour.unasked-answer", "what stands after an answer is taken for the next one"),
    "proxy-loses-a-parameter": ("behaviour.proxy", "through a proxy a parameter is lost"),
    "ignores-no-proxy": ("behaviour.no-proxy", "NO_PROXY is not heeded"),
    "proxy-refusal-is-empty": ("behaviour.proxy-refuses", "a refusal of the proxy is an empty success"),
    "ignores-dates": ("behaviour.expired-certificate", "the dates of a certificate are not looked at"),
    "trusts-any-host": ("behaviour.certificate-of-another-host", "the name in a certificate is not looked at"),
    "trusts-anybody": ("behaviour.self-signed-certificate", "certificates are not verified"),
    "own-authorities-only": ("behaviour.private-authority", "authorities are built in"),
    "token-in-exception": ("behaviour.token-not-in-exceptions", "exceptions print the settings with the token"),
    "token-in-escapes": ("behaviour.token-not-in-exceptions", "exceptions print the token in escapes of a source"),
    "secret-in-base64": ("behaviour.secret-not-in-exceptions", "exceptions print the secret in base 64, after the key"),
    "secret-in-hex": ("behaviour.secret-not-in-exceptions", "exceptions print the bytes of the secret"),
    "secret-logged-in-base64": ("behaviour.secret-not-in-logs", "the secret is logged in base 64"),
    "sends-secret-in-base64": ("signing.secret-stays-home", "the secret travels in base 64"),
}
# What only other operations than DescribeTasks can show, over a service.
OF_OPERATIONS = {
    "capital-booleans": ("requests.each-parameter", "truth values are written True and False"),
    "drops-false": ("requests.false-and-zero", "a truth value that is false is taken for none"),
    "lists-from-zero": ("requests.repeated-parameter", "lists are numbered from 0"),
    "last-structure-only": ("requests.each-parameter", "of a list of structures the first one's members are lost"),
}
# What only operations that change something can show.
OF_CHANGES = {
    "repeats-what-changes": (
        "behaviour.no-answer-is-not-repeated",
        "what got no answer is sent again, whatever it does",
    )
}
# What only integers of 64 bits can show, of which DescribeTasks documents none.
OF_LONGS = {
    "wraps-long-parameters": ("requests.long-integer", "parameters are written by way of integers of 32 bits"),
    "wraps-long-answers": ("responses.long-integer", "integers of an answer are read into 32 bits"),
    "parameters-are-doubles": ("requests.integer-beyond-2-53", "parameters are written by way of floating numbers"),
    "answers-are-doubles": ("responses.integer-beyond-2-53", "integers of an answer are read as floating numbers"),
}
# Ways to break the protocol rather than the service's: the driver's fault, and the kind of it.
BROKEN = {
    "crashes": "crash",
    "hangs": "hang",
    "prints-garbage": "garbage",
    "lies-about-version": "version",
    "never-ready": "hang",
    "wrong-id": "garbage",
    "calls-nobody": "smoke",
}
VERSION = "1.2.3"
