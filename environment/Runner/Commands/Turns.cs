using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Diffusion.Runner.Commands;

/// <summary>
/// Lets several notebooks run at once and be told of one after the other: the first that has not
/// ended speaks at once, what the others say is kept until it is their turn.
/// </summary>
internal sealed class Turns(int count)
{
    private readonly Lock gate = new();
    private readonly Queue<Action>[] kept = Enumerable
        .Range(0, count)
        .Select(_ => new Queue<Action>())
        .ToArray();
    private readonly bool[] ended = new bool[count];
    private int turn;

    /// <param name="notebook">Whose words these are, 0 for the first.</param>
    /// <param name="say">Called now or later, never two at a time.</param>
    public void Say(int notebook, Action say)
    {
        lock (gate)
        {
            if (notebook == turn)
                say();
            else
                kept[notebook].Enqueue(say);
        }
    }

    /// <summary>The notebook has nothing more to say.</summary>
    public void End(int notebook)
    {
        lock (gate)
        {
            ended[notebook] = true;
            while (turn < ended.Length && ended[turn])
            {
                turn++;
                while (turn < ended.Length && kept[turn].TryDequeue(out var say))
                    say();
            }
        }
    }
}
