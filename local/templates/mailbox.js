// Load the page again when a mail has arrived; the reader's place in the list stays.
setInterval(async () => {
  try {
    const mails = await (await fetch("/api/mails")).json();
    if (mails.length !== Number(document.body.dataset.count)) location.reload();
  } catch {
    // The cloud has stopped: the page stays readable.
  }
}, 2000);
