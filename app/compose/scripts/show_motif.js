() => document.getElementById("motif-card").scrollIntoView({ block: "center" })
