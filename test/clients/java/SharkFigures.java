import java.io.File;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import shark.HeapObject;
import shark.HprofHeapGraph;
import shark.HprofIndex;

/** Tells what Shark, LeakCanary's reader, sees in an HPROF file: objects by class, and GC roots. */
public class SharkFigures {
  public static void main(String[] args) {
    var graph = HprofHeapGraph.Companion.openHeapGraph(new File(args[0]), null, HprofIndex.Companion.defaultIndexedGcRootTags());
    Map<String, Integer> counts = new HashMap<>();
    for (Iterator<? extends HeapObject> all = graph.getObjects().iterator(); all.hasNext();) {
      HeapObject object = all.next();
      String name;
      if (object instanceof HeapObject.HeapInstance) name = ((HeapObject.HeapInstance) object).getInstanceClassName();
      else if (object instanceof HeapObject.HeapObjectArray) name = ((HeapObject.HeapObjectArray) object).getArrayClassName();
      else if (object instanceof HeapObject.HeapPrimitiveArray) name = ((HeapObject.HeapPrimitiveArray) object).getArrayClassName();
      else continue;
      counts.merge(name, 1, Integer::sum);
    }
    counts.forEach((name, count) -> System.out.println("class\t" + name + "\t" + count));
    System.out.println("roots\t" + graph.getGcRoots().size());
  }
}
