() => window.location.search
