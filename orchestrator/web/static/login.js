"use strict";

/* Sends name and password as JSON, so that no other site's form can; what is wrong stands below the form. */
const form = document.getElementById("login");
const problem = document.getElementById("problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const body = JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value });
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    if (answer.ok) {
      window.location.replace("/");
      return;
    }
    problem.textContent = (await answer.json()).detail;
  } catch {
    problem.textContent = "the service does not answer";
  }
  form.elements.password.value = "";
  form.elements.password.focus();
});
