(function () {
  "use strict";
  // Longer than this nobody waits for a clipboard that neither takes nor refuses.
  var PATIENCE = 3000;
  var said = document.getElementById("said");
  var quiet;

  function tell(text) {
    said.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(function () { said.textContent = ""; }, 8000);
  }

  function what(button) {
    return button.getAttribute("data-what");
  }

  function row(button) {
    return button.closest(".row, .command");
  }

  // Said only where the clipboard has taken the text.
  function copied(button) {
    var field = row(button).querySelector("textarea");
    if (field) { field.remove(); }
    button.textContent = "Copied";
    button.classList.add("done");
    tell("Copied " + what(button) + ".");
    setTimeout(function () {
      button.textContent = "Copy";
      button.classList.remove("done");
    }, 4000);
  }

  // The text, selected, for the keyboard; stays until it was used.
  function area(button, text) {
    var field = row(button).querySelector("textarea");
    if (!field) {
      field = document.createElement("textarea");
      field.readOnly = true;
      field.setAttribute("aria-label", "Selected text: " + what(button));
      row(button).appendChild(field);
    }
    field.value = text;
    field.focus();
    field.select();
    field.setSelectionRange(0, text.length);
    return field;
  }

  function byHand(button, text) {
    var field = area(button, text);
    var taken = false;
    try { taken = document.execCommand("copy"); } catch (refused) { taken = false; }
    if (taken) {
      field.remove();
      button.focus();
      copied(button);
    } else {
      field.focus();
      field.select();
      tell("This browser does not let a page copy. The text is selected: press Ctrl+C, or Command+C on a Mac.");
    }
  }

  function copy(button) {
    var text = button.getAttribute("data-copy");
    if (!navigator.clipboard || !navigator.clipboard.writeText) {
      byHand(button, text);
      return;
    }
    var open = true;
    var late = setTimeout(function () {
      if (open) { open = false; byHand(button, text); }
    }, PATIENCE);
    function refused() {
      clearTimeout(late);
      if (open) { open = false; byHand(button, text); }
    }
    try {
      navigator.clipboard.writeText(text).then(function () {
        clearTimeout(late);
        if (open) { open = false; copied(button); }
      }, refused);
    } catch (error) {
      refused();
    }
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("button[data-copy]") : null;
    if (button) { copy(button); }
  });
  document.documentElement.classList.add("scripted");
})();
