() => '<p class="empty" role="status">Reading…</p>'
