// Gradio gives every radio button a name of its own, so that each is a stop of the Tab key. With one
// name for all of a group, Tab stops at the group, and the arrow keys go through it.
document.addEventListener(
  "keydown",
  () => {
    for (const group of document.querySelectorAll(".chips")) {
      const buttons = [...group.querySelectorAll("input[type=radio]")];
      for (const button of buttons) button.name = buttons[0].name;
    }
  },
  true,
);
