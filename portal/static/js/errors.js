// After a form came back with errors, take the reader to the summary; its links take the focus into the field.
const summary = document.querySelector("[data-errors]");
if (summary) summary.focus();
